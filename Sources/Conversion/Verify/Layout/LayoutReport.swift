import Plumbing

/// What a ``LayoutCheck`` found.
package struct LayoutReport: Sendable {
    /// What people stumble over, in a stable order.
    package private(set) var warnings: [LayoutWarning] = []
    /// How many more there are than ``warnings`` holds.
    package private(set) var omittedWarnings = 0
    /// The root file systems.
    package internal(set) var trees = 0
    /// The links that lead to them.
    package internal(set) var names = 0

    /// Nobody reads more than this.
    private static let limit = 10_000

    /// All warnings.
    package var count: Int { warnings.count + omittedWarnings }

    mutating func warn(_ kind: LayoutWarning.Kind, _ path: BytePath, _ text: String) {
        guard warnings.count < Self.limit else { return omittedWarnings += 1 }
        warnings.append(LayoutWarning(kind: kind, path: Printable.text(path.absolute), text: Printable.text(text)))
    }

    mutating func sort() { warnings.sort() }
}
