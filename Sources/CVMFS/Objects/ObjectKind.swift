/// What an object is; the letter behind its file name (docs/cvmfs-format.md §1.1).
package enum ObjectKind: String, Sendable, CaseIterable {
    /// The whole content of a file.
    case file = ""
    /// A piece of a chunked file.
    case chunk = "P"
    case catalog = "C"
    case history = "H"
    case certificate = "X"
    case metainfo = "M"

    /// The letter, empty for whole files.
    package var letter: String { rawValue }
}
