/// A value of a document together with its place, so that what is wrong can be said: `layers[2].digest is missing`.
package struct JSONReader {
    /// The value.
    package let value: JSONValue
    private let place: String
    private let kind: String

    /// Starts at the whole document. `kind` names it in errors.
    package init(_ document: JSONValue, kind: String) {
        self.init(value: document, place: "", kind: kind)
    }

    /// Reads a document and starts at the whole of it. Throws ``JSONError``.
    package init(parsing bytes: [UInt8], kind: String) throws {
        self.init(try JSONValue(parsing: bytes, kind: kind), kind: kind)
    }

    private init(value: JSONValue, place: String, kind: String) {
        self.value = value
        self.place = place
        self.kind = kind
    }

    /// The error that something is wrong at this place.
    package func fault(_ problem: String) -> JSONError {
        JSONError(kind: kind, problem: "\(place.isEmpty ? "the document" : place) \(problem)")
    }

    /// A member of an object, in any spelling of its name, the last of several; nil where it is missing or null.
    ///
    /// Throws where this is not an object, and where readers take different things from several members of that name.
    package func optional(_ name: String) throws -> JSONReader? {
        guard value.isObject else { throw fault("must be an object") }
        let member: JSONValue?
        do {
            member = try value.field(name)
        } catch {
            throw JSONReader(value: .null, place: place(of: name), kind: kind).fault(
                "stands there twice, as different things"
            )
        }
        guard let member, member != .null else { return nil }
        return JSONReader(value: member, place: place(of: name), kind: kind)
    }

    /// A member of an object. Throws where it is missing or null.
    package func member(_ name: String) throws -> JSONReader {
        guard let member = try optional(name) else {
            throw JSONReader(value: .null, place: place(of: name), kind: kind).fault("is missing")
        }
        return member
    }

    private func place(of name: String) -> String {
        (place.isEmpty ? "" : place + ".") + Printable.text(name, limit: 60)
    }

    /// The members by their names as written, or an error for anything else.
    package func object() throws -> [String: JSONValue] {
        guard let members = value.object else { throw fault("must be an object") }
        return members
    }

    /// The elements with their places, or an error for anything else.
    package func array() throws -> [JSONReader] {
        guard let elements = value.array else { throw fault("must be an array") }
        return elements.enumerated().map { JSONReader(value: $1, place: "\(place)[\($0)]", kind: kind) }
    }

    /// The text, or an error for anything else.
    package func string() throws -> String {
        guard let text = value.string else { throw fault("must be a string") }
        return text
    }

    /// The whole number, or an error for anything else.
    package func integer() throws -> Int64 {
        guard let number = value.integer else { throw fault("must be a whole number") }
        return number
    }

    /// The truth value, or an error for anything else.
    package func bool() throws -> Bool {
        guard case .bool(let flag) = value else { throw fault("must be true or false") }
        return flag
    }
}
