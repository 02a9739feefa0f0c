package import OCI
package import Plumbing

/// Why a layer is not taken.
///
/// The text names the entry but not the layer: whoever asked for the layer knows its digest and puts it in front.
package struct LayerError: Error, Equatable, CustomStringConvertible {
    /// The kinds of faults.
    package enum Reason: Equatable, Sendable {
        /// The bytes that came are not those that the image names.
        case wrongDigest(expected: Digest, actual: Digest)
        /// They are fewer, or other in number.
        case wrongSize(expected: Int64, actual: Int64)
        /// They are more; the rest was not read.
        case tooLong(expected: Int64)
        /// The inflated tar is not the one that the image's configuration names.
        case wrongDiffID(expected: Digest, actual: Digest)
        /// The compressed stream or the tar archive is not valid.
        case malformed(String)
        /// The archive is valid, but this in it is not taken from any layer.
        case refused(String)
        /// More of something than the caller allows.
        case overLimit(LayerLimits.Quantity, limit: Int64)
        /// The summary was asked for before the layer was read to its end.
        case unfinished
    }

    /// The entry's name, printable; nil where the fault is the whole layer's.
    package let entry: String?
    /// What is wrong.
    package let reason: Reason

    /// A fault of the whole layer.
    package init(_ reason: Reason) {
        entry = nil
        self.reason = reason
    }

    /// A fault of the entry with this raw name.
    package init(_ reason: Reason, entry name: [UInt8]) {
        entry = Printable.text(name)
        self.reason = reason
    }

    /// A fault of the entry at this path.
    package init(_ reason: Reason, entry path: BytePath) {
        entry = path.description
        self.reason = reason
    }

    /// One lower-case line: which entry, what is wrong, and by which rule.
    package var description: String {
        entry.map { "entry \"\($0)\": \(reason.description)" } ?? reason.description
    }
}

extension LayerError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .wrongDigest(let expected, let actual):
            "the bytes that came have the digest \(actual), the image names \(expected)"
        case .wrongSize(let expected, let actual):
            "\(actual) bytes came, the image names \(expected)"
        case .tooLong(let expected):
            "more bytes came than the \(expected) that the image names"
        case .wrongDiffID(let expected, let actual):
            "the inflated layer has the digest \(actual), the image's configuration names \(expected)"
        case .malformed(let problem):
            "damaged: \(problem)"
        case .refused(let rule):
            "refused: \(rule)"
        case .overLimit(let quantity, let limit):
            "over the limit: the \(quantity.rawValue) may be at most \(limit) (\(quantity.option))"
        case .unfinished:
            "the layer was not read to its end"
        }
    }
}

extension LayerError {
    /// A hard link to what neither its layer nor those below it have.
    package static func linkToNothing(_ path: BytePath, _ target: BytePath) -> LayerError {
        LayerError(
            .refused("a hard link to \"\(target)\", which neither this layer nor those below it have"),
            entry: path
        )
    }
}
