/// Any JSON value (RFC 8259).
///
/// The documents of images are read as these, not with `JSONDecoder`, for two reasons. `JSONDecoder` takes the first of two
/// members with one name and most other programs the last, so that one signed document would be two images; here it is an
/// error. And a value whose type is not known beforehand costs `JSONDecoder` a thrown error for each wrong guess: a manifest of
/// the allowed 4 MiB could keep it busy for minutes.
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

    /// Reads a document. Throws ``JSONError`` with the place of the fault.
    package init(parsing bytes: [UInt8], kind: String = "JSON document") throws {
        do {
            self = try JSONParser.parse(bytes)
        } catch let error as JSONSyntaxError {
            throw JSONError(kind: kind, problem: error.description)
        }
    }

    /// The members of an object, nil for anything else.
    package var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
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
