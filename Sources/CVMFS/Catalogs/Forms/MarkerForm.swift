/// Whether clients show the files that mark the roots of nested catalogs. The raw values are for the database and the
/// command line.
package enum MarkerForm: String, Sendable, CaseIterable {
    /// As ordinary files, which is how `cvmfs_server` makes them.
    case visible
    /// They are in the catalog, where whoever checks the repository looks for them, and clients do not show them.
    /// `cvmfs_server` does not see them either, and leaves their rows behind where it removes the directory.
    case hidden
}
