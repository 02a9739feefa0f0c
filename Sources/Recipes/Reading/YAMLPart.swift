import Plumbing
import Yams

/// A part of a YAML document and where it stands.
struct YAMLPart {
    let node: Node

    /// Where it begins.
    var position: RecipePosition {
        node.mark.map { RecipePosition(line: $0.line, column: $0.column) } ?? RecipePosition(line: 1, column: 1)
    }

    func fault(_ problem: String) -> RecipeFault { RecipeFault(position, problem) }

    /// The text where it is a scalar, whatever it is.
    var scalar: String? { node.scalar?.string }

    /// Whether nothing was written.
    var isEmpty: Bool { node.scalar.map { $0.style == .plain && ["", "~", "null"].contains($0.string) } ?? false }

    /// The keys with their values, in their order; none where nothing was written.
    func mapping(_ what: String) throws(RecipeFault) -> [(key: YAMLPart, value: YAMLPart)] {
        if isEmpty { return [] }
        guard let mapping = node.mapping else { throw fault("\(what) must be a mapping (KEY: VALUE)") }
        return mapping.map { (YAMLPart(node: $0.key), YAMLPart(node: $0.value)) }
    }

    /// The items; none where nothing was written.
    func list(_ what: String) throws(RecipeFault) -> [YAMLPart] {
        if isEmpty { return [] }
        guard let sequence = node.sequence else { throw fault("\(what) must be a list (- ITEM)") }
        return sequence.map { YAMLPart(node: $0) }
    }

    /// The items, or the one that stands for a list of itself.
    func oneOrList(_ what: String) throws(RecipeFault) -> [YAMLPart] {
        if node.scalar != nil, !isEmpty { return [self] }
        let items = try list(what)
        guard !items.isEmpty else { throw fault("\(what) is empty: write something, or leave it out") }
        return items
    }

    /// The text of a scalar, whatever it would mean in YAML: `3.10` is three characters and a dot.
    func text(_ what: String) throws(RecipeFault) -> String {
        guard let scalar = node.scalar else { throw fault("\(what) must be a text") }
        guard !scalar.string.isEmpty else { throw fault("\(what) is empty: write something, or leave it out") }
        return scalar.string
    }

    /// A whole number.
    func integer(_ what: String, _ range: ClosedRange<Int>) throws(RecipeFault) -> Int {
        guard let scalar = node.scalar, let number = Int(scalar.string), range.contains(number) else {
            throw fault("\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A number of bytes.
    func byteCount(_ what: String) throws(RecipeFault) -> Int64 {
        let text = try text(what)
        guard let bytes = ByteCount.parse(text) else {
            throw fault(
                "\(what) cannot be \(Printable.text(text, limit: 100)): write a whole number with K, M, G or T, or with kB, MB, "
                    + "GB or TB behind it, as 500GB"
            )
        }
        return bytes
    }

    /// A word of a list of words.
    func word(_ what: String, of known: [String]) throws(RecipeFault) -> String {
        let word = try text(what)
        guard known.contains(word) else {
            throw fault(
                "\(what) cannot be \(Printable.text(word, limit: 100))\(Suggestion.text(for: word, of: known))"
            )
        }
        return word
    }

    /// A key, which must be one of these.
    func word(of known: [String]) throws(RecipeFault) -> String {
        let name = try text("a key")
        guard known.contains(name) else { throw unknown(name, known) }
        return name
    }

    /// That there is no such key here.
    func unknown(_ key: String, _ known: [String]) -> RecipeFault {
        fault("there is no key \(Printable.text(key, limit: 100))\(Suggestion.text(for: key, of: known))")
    }
}
