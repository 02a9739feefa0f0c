/// A tag as `cvmfs_server tag -l -x` prints it.
package struct ServerTag: Sendable, Equatable {
    /// Its name.
    package let name: String
    /// The hash of its root catalog, in hexadecimal digits.
    package let root: String
    /// The revision that it names.
    package let revision: UInt64

    /// Reads a line; nil for one that is none.
    package init?(line: String) {
        let words = line.split(separator: " ", maxSplits: 6, omittingEmptySubsequences: false)
        guard words.count >= 6, let revision = UInt64(words[3]), Int64(words[2]) != nil, Int64(words[4]) != nil,
            words[1].count >= 40, words[1].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        else { return nil }
        name = String(words[0])
        root = String(words[1])
        self.revision = revision
    }
}
