/// Any JSON value (RFC 8259).
///
/// The documents of images are read as these, not with `JSONDecoder`, for two reasons. Of two members with one name
/// `JSONDecoder` takes the first, and Docker and containerd the last: one signed document would be two images. And a value
/// whose type is not known beforehand costs `JSONDecoder` a thrown error for each wrong guess: a manifest of the allowed 4 MiB
/// could keep it busy for minutes.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent, within 64 bits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
    /// An object with names that differ at most in their case, in the order of the document: ``JSONReader`` tells what is meant.
    case doubtful([JSONMember])

    /// Reads a document. Throws ``JSONError`` with the place of the fault.
    package init(parsing bytes: [UInt8], kind: String = "JSON document") throws {
        do {
            self = try JSONParser.parse(bytes)
        } catch let error as JSONSyntaxError {
            throw JSONError(kind: kind, problem: error.description)
        }
    }

    /// The members of an object by their names as written, of several the last; nil for anything else.
    package var object: [String: JSONValue]? {
        switch self {
        case .object(let members): members
        case .doubtful(let members): Dictionary(members.map { ($0.name, $0.value) }) { $1 }
        default: nil
        }
    }

    /// Whether it is an object.
    var isObject: Bool {
        switch self {
        case .object, .doubtful: true
        default: false
        }
    }

    /// The elements of an array, nil for anything else.
    package var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The text of a string, nil for anything else.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The whole number, nil for anything else.
    package var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }
}
