/// What a preparation stored, in bytes and objects.
package struct ContentStatistics: Sendable, Equatable {
    /// Plain bytes whose object was not there before.
    package private(set) var newBytes: Int64 = 0
    /// Plain bytes whose object was there.
    package private(set) var knownBytes: Int64 = 0
    /// Bytes that the new objects take.
    package private(set) var storedBytes: Int64 = 0
    /// The number of new objects.
    package private(set) var newObjects = 0

    /// Nothing stored.
    package init() {}

    /// Content of which another program knows alone what was new: all counts as that.
    package init(unexamined plain: Int64) {
        newBytes = plain
    }

    mutating func count(plain: Int, stored: Int, isNew: Bool) {
        guard isNew else {
            knownBytes += Int64(plain)
            return
        }
        newBytes += Int64(plain)
        storedBytes += Int64(stored)
        newObjects += 1
    }

    /// What was stored since an earlier reading.
    package func since(_ earlier: ContentStatistics) -> ContentStatistics {
        var difference = self
        difference.newBytes -= earlier.newBytes
        difference.knownBytes -= earlier.knownBytes
        difference.storedBytes -= earlier.storedBytes
        difference.newObjects -= earlier.newObjects
        return difference
    }
}
