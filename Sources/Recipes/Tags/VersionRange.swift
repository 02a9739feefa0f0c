/// A range of versions, such as `>=2.1 <4`, `^1.2`, `~1.2.3`, `1.x` or `2.1.0 || >=3`: comparisons with blanks between them all
/// hold, and `||` stands between alternatives.
///
/// A pre-release is in it only where a comparison names a pre-release of the same three numbers, as npm and Cargo have it:
/// `<4` shall not mean `4.0.0-rc.1`.
package struct VersionRange: Sendable, Equatable, CustomStringConvertible {
    private struct Comparison: Sendable, Equatable {
        /// The first version that is in it; nil for none.
        var from: SemanticVersion?
        var includesFrom = true
        /// The first version that is not in it any more; nil for none.
        var to: SemanticVersion?
        var includesTo = false

        func contains(_ version: SemanticVersion) -> Bool {
            if let from, version < from || version == from && !includesFrom { return false }
            if let to, version > to || version == to && !includesTo { return false }
            return true
        }

        /// Whether it names a pre-release of the same three numbers.
        func names(prereleaseOf version: SemanticVersion) -> Bool {
            [from, to].contains { $0.map { !$0.prerelease.isEmpty && $0.core == version.core } ?? false }
        }
    }

    /// The range as it was written.
    package let description: String
    private let alternatives: [[Comparison]]

    /// Reads a range; nil for what is none.
    package init?(_ text: String) {
        var alternatives: [[Comparison]] = []
        for alternative in text.split(separator: "||", omittingEmptySubsequences: false) {
            let words = Self.words(alternative)
            let comparisons = words.compactMap(Self.comparison)
            guard !words.isEmpty, comparisons.count == words.count else { return nil }
            alternatives.append(comparisons)
        }
        self.alternatives = alternatives
        description = text
    }

    /// Whether a version is in it.
    package func contains(_ version: SemanticVersion) -> Bool {
        alternatives.contains { comparisons in
            comparisons.allSatisfy { $0.contains(version) }
                && (version.prerelease.isEmpty || comparisons.contains { $0.names(prereleaseOf: version) })
        }
    }

    /// The comparisons; blanks and a comma may stand after an operator and between them.
    private static func words(_ text: Substring) -> [String] {
        var words: [String] = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "," }) {
            if let last = words.last, last.allSatisfy({ "<>=^~".contains($0) }) {
                words[words.count - 1] = last + word
            } else {
                words.append(String(word))
            }
        }
        return words
    }

    private static func comparison(_ word: String) -> Comparison? {
        let mark = ["<=", ">=", "<", ">", "=", "^", "~"].first { word.hasPrefix($0) } ?? ""
        let text = String(word.dropFirst(mark.count))
        if let version = SemanticVersion(text) { return comparison(mark, version, upTo: 3) }
        guard let (core, count) = partial(text) else { return nil }
        return comparison(mark, SemanticVersion(core, [], text), upTo: count)
    }

    /// `2`, `2.1`, `2.x`, `*`: the numbers that are there, filled up with zeros, and how many there are.
    private static func partial(_ text: String) -> (core: [SemanticVersion.Numeral], count: Int)? {
        let parts = (text.hasPrefix("v") ? text.dropFirst() : text[...]).split(
            separator: ".",
            omittingEmptySubsequences: false
        )
        let numbers = parts.prefix { !["x", "X", "*"].contains($0) }
        let core = numbers.compactMap { SemanticVersion.Numeral($0) }
        guard parts.count <= 3, core.count == numbers.count,
            parts[numbers.count...].allSatisfy({ ["x", "X", "*"].contains($0) })
        else { return nil }
        return (core + Array(repeating: .zero, count: 3 - core.count), core.count)
    }

    /// A comparison with a version of which so many numbers were written.
    private static func comparison(_ mark: String, _ version: SemanticVersion, upTo count: Int) -> Comparison? {
        let isWhole = count == 3
        // The first version that does not begin with the numbers that were written.
        let after = count == 0 ? nil : next(version.core, count - 1)
        switch mark {
        case ">=": return Comparison(from: version)
        case "<": return count == 0 ? nil : Comparison(to: version)
        case ">":
            if isWhole { return Comparison(from: version, includesFrom: false) }
            return after.map { Comparison(from: $0) }
        case "<=": return isWhole ? Comparison(to: version, includesTo: true) : Comparison(to: after)
        case "~": return Comparison(from: version, to: count == 0 ? nil : next(version.core, min(count - 1, 1)))
        case "^":
            let first = version.core.firstIndex { $0 != .zero } ?? 2
            return Comparison(from: version, to: count == 0 ? nil : next(version.core, min(first, count - 1)))
        default:
            return isWhole
                ? Comparison(from: version, to: version, includesTo: true) : Comparison(from: version, to: after)
        }
    }

    /// The version after all that begin with the numbers up to a place.
    private static func next(_ core: [SemanticVersion.Numeral], _ place: Int) -> SemanticVersion {
        SemanticVersion(
            Array(core[..<place]) + [core[place].next] + Array(repeating: .zero, count: 2 - place)
        )
    }
}
