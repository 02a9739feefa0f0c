/// An element of a document that is an array, with the bytes it is written with: who rewrites such a document leaves those
/// elements as they are that are not its own.
package struct JSONElement: Sendable, Equatable {
    /// What stands there.
    package let value: JSONValue
    /// As what, without the blanks around it.
    package let bytes: ArraySlice<UInt8>

    /// Takes the parts.
    package init(_ value: JSONValue, bytes: ArraySlice<UInt8>) {
        self.value = value
        self.bytes = bytes
    }

    /// The elements of a document. Throws ``JSONError`` where it is not JSON, or no array.
    package static func elements(parsing bytes: [UInt8], kind: String) throws -> [JSONElement] {
        do {
            guard let found = try JSONParser.elements(bytes) else {
                throw JSONError(kind: kind, problem: "the document must be an array")
            }
            return found.map { JSONElement($0.value, bytes: bytes[$0.range]) }
        } catch let error as JSONSyntaxError {
            throw JSONError(kind: kind, problem: error.description)
        }
    }
}
