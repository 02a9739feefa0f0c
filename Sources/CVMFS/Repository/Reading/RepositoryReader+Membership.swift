/// Who may read a repository.
extension RepositoryReader {
    /// The members that clients let read the published revision, as its root catalog names them (docs/cvmfs-format.md §3.3,
    /// `voms_authz`; `CVMFS_VOMS_AUTHZ` of stock); nil where everybody may. Throws ``CVMFSError``. Blocks.
    package func membership() throws -> String? {
        let root = try Catalog(bytes: try store.loadInflated(try published().manifest.root.hash, .catalog))
        let members = try root.properties()["voms_authz"] ?? ""
        return members.isEmpty ? nil : members
    }
}
