/// What a garbage collection did, or would do.
package struct CollectionReport: Sendable, Equatable {
    /// Revisions that stay for themselves, the published one included.
    package var keptRevisions = 0
    /// Revisions that stay because a tag names them, beyond those.
    package var taggedRevisions = 0
    /// Objects that all of these need.
    package var keptObjects = 0
    /// Root catalogs that leave the reference log.
    package var removedRevisions = 0
    /// Objects that go, whatever they are.
    package var removedObjects = 0
    /// Their bytes in the storage.
    package var removedBytes: Int64 = 0

    /// Nothing yet.
    package init() {}
}

/// How far a garbage collection is.
package enum CollectionProgress: Sendable, Equatable {
    /// So many catalogs of what stays were read.
    case marking(catalogs: Int)
    /// So many catalogs of what goes were read.
    case searching(catalogs: Int)
    /// So many objects of all that go are removed.
    case removing(objects: Int, of: Int)
}
