import Plumbing

/// The fully qualified name of a repository, such as `unpacked.cern.ch` (docs/cvmfs-format.md §6.2).
package enum RepositoryName {
    static let limit = 60

    /// Throws ``CVMFSError`` for a name that stock tools refuse. Such a name is also safe as a part of file names.
    package static func validate(_ name: String) throws {
        let letters = name.utf8.allSatisfy { isLetterOrDigit($0) || "_.-".utf8.contains($0) }
        guard let first = name.utf8.first, isLetterOrDigit(first), letters, name.utf8.count <= limit else {
            throw CVMFSError(
                .refused,
                "\"\(Printable.text(name))\" cannot name a repository: 1 to \(limit) letters, digits and _ . - are "
                    + "allowed, the first a letter or a digit"
            )
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
