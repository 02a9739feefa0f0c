/// A repository's workspace, held open while something is done with it.
struct OpenWorkspace: Sendable {
    let folder: PrivateFolder
    /// A file for each preparation that is under way or died.
    let journals: PrivateFolder

    /// Which content lies in which object.
    var contentIndex: FilePlace { folder.place("content-index.sqlite") }
    /// Held while a commit rewrites the repository.
    var lock: FilePlace { folder.place("commit.lock") }
    /// Held for a moment while a journal begins, and by a recovery.
    var journalLock: FilePlace { folder.place("journal.lock") }
    /// The hash of a reference log that is about to be written.
    var pendingReflog: FilePlace { folder.place("reflog.pending") }
}
