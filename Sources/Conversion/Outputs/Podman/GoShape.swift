import Foundation
import OCI
import Plumbing

/// What a member of a document must be for a Go program that reads it into a structure. Null fits everywhere, names of members
/// have any case, and members without a shape may be anything.
///
/// podman reads every document of a store at once: one that does not fit takes all images from its users.
indirect enum GoShape: Sendable {
    case text
    case flag
    case integer
    /// An RFC 3339 time.
    case time
    /// An algorithm and its digits, or nothing.
    case digest
    /// Bytes in base 64.
    case bytes
    /// A text or a list of them.
    case words
    case list(GoShape)
    case map(GoShape)
    case fields([String: GoShape])

    /// What is wrong with a value, with its place: `config.Env[2] must be a string`; nil where it fits.
    func fault(in value: JSONValue) -> String? {
        Self.fault(in: value, self)?.description
    }

    private struct Fault {
        var place = ""
        let problem: String

        func below(_ outer: String) -> Fault {
            let dot = place.isEmpty || place.hasPrefix("[") ? "" : "."
            return Fault(place: outer + dot + place, problem: problem)
        }

        var description: String { "\(place.isEmpty ? "the document" : place) \(problem)" }
    }

    private static func fault(in value: JSONValue, _ shape: GoShape) -> Fault? {
        if value == .null { return nil }
        switch shape {
        case .text: return value.string == nil ? Fault(problem: "must be a string") : nil
        case .flag: return [.bool(true), .bool(false)].contains(value) ? nil : Fault(problem: "must be true or false")
        case .integer: return value.integer == nil ? Fault(problem: "must be a whole number") : nil
        case .time: return value.string.map(GoTime.isOne) == true ? nil : Fault(problem: "must be an RFC 3339 time")
        case .digest: return value.string.map(isDigest) == true ? nil : Fault(problem: "must be a digest")
        case .bytes:
            return value.string.flatMap { Data(base64Encoded: $0) } == nil ? Fault(problem: "must be base 64") : nil
        case .words: return value.string == nil ? fault(in: value, .list(.text)) : nil
        case .list(let inner):
            guard let elements = value.array else { return Fault(problem: "must be an array") }
            for (index, element) in elements.enumerated() {
                if let found = fault(in: element, inner) { return found.below("[\(index)]") }
            }
        case .map(let inner): return fault(inMembersOf: value) { _ in inner }
        case .fields(let fields):
            return fault(inMembersOf: value) { name in
                fields[name] ?? fields.first { JSONMember.isSame(name, $0.key) }?.value
            }
        }
        return nil
    }

    private static func fault(inMembersOf value: JSONValue, _ shape: (String) -> GoShape?) -> Fault? {
        var first: Fault?
        func look(_ name: String, _ value: JSONValue) {
            guard let shape = shape(name), let found = fault(in: value, shape) else { return }
            let fault = found.below(Printable.text(name, limit: 60))
            // Members have no order.
            if let known = first, known.place <= fault.place { return }
            first = fault
        }
        switch value {
        case .object(let members): for (name, value) in members { look(name, value) }
        // Go reads each of several members of one name.
        case .doubtful(let members): for member in members { look(member.name, member.value) }
        default: return Fault(problem: "must be an object")
        }
        return first
    }

    private static func isDigest(_ text: String) -> Bool { text.isEmpty || (try? Digest(parsing: text)) != nil }
}
