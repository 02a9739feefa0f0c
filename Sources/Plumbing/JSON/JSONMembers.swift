/// Collects the members of an object, and notices names that stand there twice, in one spelling or in two.
struct JSONMembers {
    private var list: [JSONMember] = []
    private var spellings: Set<[UInt8]> = []

    mutating func append(_ name: String, _ value: JSONValue) {
        list.append(JSONMember(name, value))
        spellings.insert(JSONMember.folded(name))
    }

    /// The object.
    var value: JSONValue {
        guard spellings.count == list.count else { return .doubtful(list) }
        // To `String`, two ways to write an accented letter are one name.
        return .object(Dictionary(list.map { ($0.name, $0.value) }) { $1 })
    }
}

extension JSONValue {
    /// What stands in a member of that name, whatever its case, where one reads as Go's `encoding/json` does: of several the
    /// last one counts, and objects and arrays are filled in by it. Throws ``Doubt`` where that depends on more than the document.
    func field(_ name: String) throws(Doubt) -> JSONValue? {
        switch self {
        case .object(let members):
            if let value = members[name] { return value }
            return members.first { JSONMember.isSame($0.key, name) }?.value
        case .doubtful(let members):
            let values = members.filter { JSONMember.isSame($0.name, name) }.map(\.value)
            guard values.count <= Self.maximumFillings else { throw Doubt() }
            var value = values.first
            for next in values.dropFirst() { value = try value?.filled(by: next) }
            return value
        default: return nil
        }
    }

    /// Each member of one name costs as much as all before it: a hostile document has thousands.
    private static let maximumFillings = 16

    /// Two readers take different things.
    struct Doubt: Error {}

    /// What becomes of a value that is read once more, from a second member of its name.
    private func filled(by new: JSONValue) throws(Doubt) -> JSONValue {
        switch (self, new) {
        case (.string, .string), (.bool, .bool), (.null, _): return new
        case (.integer, .integer), (.number, .number), (.integer, .number), (.number, .integer): return new
        case (.array(let old), .array(let new)):
            var elements: [JSONValue] = []
            for (index, element) in new.enumerated() {
                elements.append(index < old.count ? try old[index].filled(by: element) : element)
            }
            return .array(elements)
        case (.object, .object), (.object, .doubtful), (.doubtful, .object), (.doubtful, .doubtful):
            // Each of its fields is judged when it is read.
            return .doubtful(members + new.members)
        // Null empties a list and leaves a structure; another type is an error, or is not looked at.
        default: throw Doubt()
        }
    }

    private var members: [JSONMember] {
        switch self {
        case .object(let members): members.map { JSONMember($0.key, $0.value) }
        case .doubtful(let members): members
        default: []
        }
    }
}

extension [String: JSONValue] {
    /// Sets the member of that name, and removes what other spellings of it say.
    package mutating func setField(_ name: String, _ value: JSONValue) {
        for other in keys where JSONMember.isSame(other, name) { self[other] = nil }
        self[name] = value
    }
}
