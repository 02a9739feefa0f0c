/// What becomes of names of one file within one directory. The raw values are for the database and the command line.
package enum HardLinkForm: String, Sendable, CaseIterable {
    /// They stay names of one file: a hard-link group (docs/cvmfs-format.md §3.7).
    case keep
    /// Each becomes a file of its own, as everything that `cvmfs_server` writes: it cannot remove or change a file of a
    /// group that lies below its overlay (docs/cvmfs-server.md).
    case split
}
