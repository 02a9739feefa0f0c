import Plumbing

/// The twelve numbers that a catalog keeps of its entries (docs/cvmfs-format.md §3.10).
///
/// They are added with overflow: a damaged catalog may hold any number, which the check reports and nothing else minds.
package struct Counters: Sendable, Equatable {
    private var values: [Int64]

    /// The names as the `statistics` table has them behind `self_` and `subtree_`.
    package enum Name: String, CaseIterable, Sendable {
        case regular
        case symlink
        case special
        case dir
        case nested
        case chunked
        case chunks
        case fileSize = "file_size"
        case chunkedSize = "chunked_size"
        case xattr
        case external
        case externalFileSize = "external_file_size"

        fileprivate var index: Int { Self.positions[self] ?? 0 }
        private static let positions = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
    }

    /// All zero.
    package init() {
        values = Array(repeating: 0, count: Name.allCases.count)
    }

    /// One number.
    package subscript(_ name: Name) -> Int64 {
        get { values[name.index] }
        set { values[name.index] = newValue }
    }

    /// Adds (or with -1 takes away) what a row and its chunks stand for.
    package mutating func count(_ entry: CatalogEntry, chunks: Int, by sign: Int64 = 1) {
        switch entry.type {
        case .directory:
            self[.dir] &+= sign
            if entry.flags.contains(.mountpoint) { self[.nested] &+= sign }
        case .symlink: self[.symlink] &+= sign
        case .regular: countRegular(entry, chunks: chunks, by: sign)
        default: self[.special] &+= sign
        }
        if entry.xattrs != nil { self[.xattr] &+= sign }
    }

    private mutating func countRegular(_ entry: CatalogEntry, chunks: Int, by sign: Int64) {
        self[.regular] &+= sign
        self[.fileSize] &+= sign &* entry.size
        if entry.flags.contains(.external) {
            self[.external] &+= sign
            self[.externalFileSize] &+= sign &* entry.size
        }
        if entry.flags.contains(.chunked) {
            self[.chunked] &+= sign
            self[.chunkedSize] &+= sign &* entry.size
            self[.chunks] &+= sign &* Int64(chunks)
        }
    }

    /// Number by number.
    package static func + (left: Counters, right: Counters) -> Counters {
        var sum = left
        for index in sum.values.indices { sum.values[index] &+= right.values[index] }
        return sum
    }

    /// Number by number.
    package static func - (left: Counters, right: Counters) -> Counters {
        var difference = left
        for index in difference.values.indices { difference.values[index] &-= right.values[index] }
        return difference
    }
}

extension Counters.Name {
    /// The schema revision that brought the counter (docs/cvmfs-format.md §3.2).
    var firstSchemaRevision: Int {
        switch self {
        case .xattr: 2
        case .external, .externalFileSize: 3
        case .special: 5
        default: 0
        }
    }
}
