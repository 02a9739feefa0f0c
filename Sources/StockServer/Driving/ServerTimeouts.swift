/// How long runs of `cvmfs_server` may take before they are ended.
package struct ServerTimeouts: Sendable {
    /// Opening a transaction: mounts, and a few requests.
    package var opening: Duration
    /// Aborting one.
    package var aborting: Duration
    /// Publishing and ingesting: all the content is compressed.
    package var publishing: Duration

    /// Generous ones: they are for what hangs.
    package init(
        opening: Duration = .seconds(600),
        aborting: Duration = .seconds(600),
        publishing: Duration = .seconds(12 * 3600)
    ) {
        self.opening = opening
        self.aborting = aborting
        self.publishing = publishing
    }
}
