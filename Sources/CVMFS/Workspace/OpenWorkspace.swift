/// A repository's workspace, held open while something is done with it.
package struct OpenWorkspace: Sendable {
    package let folder: PrivateFolder
    /// A file for each preparation that is under way or died.
    package let journals: PrivateFolder

    /// Which content lies in which object.
    package var contentIndex: FilePlace { folder.place("content-index.sqlite") }
    /// Held while a commit rewrites the repository.
    package var lock: FilePlace { folder.place("commit.lock") }
    /// Held for a moment while a journal begins, and by a recovery.
    package var journalLock: FilePlace { folder.place("journal.lock") }
    /// The hash of a reference log that is about to be written.
    package var pendingReflog: FilePlace { folder.place("reflog.pending") }
    /// How many bytes the storage takes.
    package var use: FilePlace { folder.place(Self.useName) }
    static let useName = "use"
    /// Held by a garbage collection.
    package var collectionLock: FilePlace { folder.place("collection.lock") }
    /// Tells garbage collections apart: replaced by each before it removes anything.
    package var collectionMark: FilePlace { folder.place("collection.last") }
    /// What it is going to remove.
    package var collectionPlan: FilePlace { folder.place("collection-plan.sqlite") }
    /// What dead processes left, and only a collection can tell whether it is needed.
    package var orphanedObjects: FilePlace { folder.place("objects.orphaned") }
    /// What one that has begun to remove still has to.
    package var unfinishedCollection: FilePlace { folder.place("collection-unfinished.sqlite") }
}
