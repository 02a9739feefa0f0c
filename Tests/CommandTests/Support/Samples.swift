/// The document's samples, byte for byte (original-document.md, "General workflow").
enum Samples {
    static let users = """
        +------+--------------------+
        | USER |      REGISTRY      |
        +------+--------------------+
        | foo  | docker.foo.bar.com |
        +------+--------------------+

        """

    static let desideratas = [border, header, border, row, border].map { $0 + "\n" }.joined()

    private static let border =
        "+----+----------------+-------------------------------------------------+------------+-----------------+"
        + "------------------------------------------------------------------+"
    private static let header =
        "| ID | INPUT IMAGE ID |                INPUT IMAGE NAME                 | CVMFS REPO | OUTPUT IMAGE ID |"
        + "                        OUTPUT IMAGE NAME                         |"
    private static let row =
        "| 1  | 1              | https://registry.hub.docker.com/library/redis:4 | cd.cern.ch | 2               |"
        + " https://gitlab-registry.cern.ch/smosciat/containerd/thin/redis:4 |"
}
