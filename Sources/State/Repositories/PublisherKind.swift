/// Who writes a repository. The raw values are for the database and the command line.
package enum PublisherKind: String, Sendable, CaseIterable {
    /// Wafer itself.
    case native
    /// The stock tools, driven by Wafer.
    case server = "cvmfs_server"
}
