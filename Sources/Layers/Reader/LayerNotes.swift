import Plumbing

/// What was left out of a layer, changed in it, or is worth a line: how often, and where first.
package struct LayerNotes: Sendable, Equatable {
    /// What was left out, by kind.
    package private(set) var dropped: [Dropped: Tally] = [:]
    /// What was changed, or kept and is worth a line, by kind.
    package private(set) var warnings: [Warning: Tally] = [:]

    /// No notes.
    package init() {}

    mutating func drop(_ kind: Dropped, _ path: BytePath) {
        dropped[kind, default: Tally()].add(path.description)
    }

    mutating func warn(_ kind: Warning, _ name: String) {
        warnings[kind, default: Tally()].add(name)
    }

    mutating func merge(_ other: LayerNotes) {
        dropped.merge(other.dropped) { $0.merging($1) }
        warnings.merge(other.warnings) { $0.merging($1) }
    }
}

extension LayerNotes {
    /// How often something was met, and where first.
    package struct Tally: Sendable, Equatable {
        /// How many names are kept.
        package static let nameLimit = 10

        /// How often.
        package private(set) var count = 0
        /// The first ten entries, printable.
        package private(set) var names: [String] = []

        mutating func add(_ name: String) {
            count += 1
            if names.count < Self.nameLimit { names.append(name) }
        }

        func merging(_ other: Tally) -> Tally {
            var sum = self
            sum.count += other.count
            sum.names += other.names.prefix(Self.nameLimit - names.count)
            return sum
        }
    }
}
