package import SystemPackage

/// Why a file that somebody named is not used. Callers say which file it is.
package enum FileFault: Error, Equatable, CustomStringConvertible {
    /// The system refused.
    case system(Errno)
    /// It is something else, such as a FIFO.
    case irregular(String)
    /// A link at that place belongs to somebody who may not lead this process anywhere.
    case link(FilePath, owner: UInt32)
    /// Another file took its place at that moment.
    case exchanged
    /// It has more bytes than such a file can have.
    case tooLarge(Int)

    /// The cause, and what to do; continues `cannot read NAME: `.
    package var description: String {
        switch self {
        case .system(let errno): "\(errno)"
        case .irregular(let kind): "it is a \(kind), not a file"
        case .link(let path, let owner):
            "\(Printable.text(path.string)) is a link of the user \(owner), who could lead it elsewhere: name what it "
                + "leads to"
        case .exchanged: "something else took its place just now: look who writes there, and try again"
        case .tooLarge(let limit): "it has more than \(limit) bytes: it is no such file"
        }
    }
}
