/// One thing that is wrong with a repository.
package struct CheckFault: Sendable, Hashable {
    /// Which rule it breaks.
    package let rule: CheckRule
    /// Where: a path of the repository, beginning with a slash, or a file of the storage. Printable.
    package let path: String
    /// What is wrong there, printable, in one line.
    package let text: String
}

extension CheckFault: CustomStringConvertible {
    /// One line.
    package var description: String { "\(path): \(text) (\(rule.rawValue))" }
}

extension CheckFault: Comparable {
    /// By rule, then by path.
    package static func < (left: CheckFault, right: CheckFault) -> Bool {
        if left.rule != right.rule { return left.rule.position < right.rule.position }
        return (left.path, left.text) < (right.path, right.text)
    }
}

extension CheckRule {
    private static let positions = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
    fileprivate var position: Int { Self.positions[self] ?? 0 }
}
