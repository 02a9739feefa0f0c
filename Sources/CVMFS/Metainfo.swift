/// The meta info of a repository: free JSON for people (docs/cvmfs-format.md §2.5).
package enum Metainfo {
    /// What stock stores for a new repository. The object must exist, whatever it says.
    package static let empty = Array("{}".utf8)
}
