/// What a place that is written from this machine needs around its objects: folders, temporary files, the disk.
/// Every call blocks.
package protocol ObjectStaging: Sendable {
    /// Told of an object once its bytes are written and before it gets its name, and only of a new one. What it throws
    /// becomes the result of the write, and the object does not get its name.
    typealias Announcement = @Sendable (ContentHash, ObjectKind) throws -> Void

    /// Makes the folders that every repository has; fine where they are there.
    func createSkeleton() throws

    /// A writer for one preparation: its temporary files begin with `label` and a dot.
    func writer(labelled label: String, announce: @escaping Announcement) throws -> any ObjectWriter

    /// Removes temporary files that begin so: what preparations that are gone had not finished writing.
    func removeTemporaryFiles(prefix: String) throws

    /// Makes everything that was written survive a power failure: all writes whose completion was called.
    func synchronize() throws

    /// Bytes that may still be written, nil where the place does not tell.
    func freeBytes() throws -> Int64?

    /// Bytes of these that are better left free: whatever else is on a disk stops when it is full.
    func reservedBytes() throws -> Int64
}

extension ObjectStaging {
    /// A place without an end needs no reserve.
    package func reservedBytes() throws -> Int64 { 0 }
}
