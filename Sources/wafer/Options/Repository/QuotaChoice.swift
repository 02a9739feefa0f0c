import ArgumentParser

/// A quota as it is typed: a number of bytes, or `none`.
struct QuotaChoice: Equatable {
    /// The most bytes; nil for any number.
    let bytes: Int64?

    /// Reads it. A usage error where it is neither.
    init(_ argument: String) throws {
        guard argument != "none" else {
            bytes = nil
            return
        }
        guard let limit = ByteLimit(argument: argument) else {
            throw ValidationError("--quota \(argument): a number of bytes is expected, such as 500GB, or none")
        }
        bytes = limit.bytes
    }
}
