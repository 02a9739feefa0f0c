/// What an export left out, by kind: counts, and an example of each.
package struct ExportRemarks: Sendable, Equatable {
    /// What can be left out.
    package enum Kind: String, Sendable, CaseIterable {
        /// A tar archive cannot hold them.
        case sockets
        /// Not written unless asked for.
        case deviceNodes
        case setuidBits
        /// Setting it takes a privilege or a file system that is not there.
        case owners
        case attributes
    }

    /// How many there were, and the path of the first.
    package private(set) var found: [Kind: (count: Int, example: String)] = [:]

    /// Nothing left out.
    package init() {}

    mutating func add(_ kind: Kind, _ example: String) {
        let known = found[kind] ?? (0, example)
        found[kind] = (known.count + 1, known.example)
    }

    mutating func add(_ other: ExportRemarks) {
        for (kind, value) in other.found {
            let known = found[kind] ?? (0, value.example)
            found[kind] = (known.count + value.count, known.example)
        }
    }

    /// A line for each kind: what, how many, and what to do about it.
    package var lines: [String] {
        Kind.allCases.compactMap { kind in
            guard let (count, example) = found[kind] else { return nil }
            return "\(Self.text(kind)): \(count), the first is \(example)"
        }
    }

    private static func text(_ kind: Kind) -> String {
        switch kind {
        case .sockets: "sockets left out, which a tar archive cannot hold"
        case .deviceNodes: "device nodes left out (--devices writes them)"
        case .setuidBits: "setuid and setgid bits and file capabilities left out (--setuid writes them, as root)"
        case .owners: "owners not set, which needs root"
        case .attributes: "extended attributes not set, which this user or file system does not allow"
        }
    }

    package static func == (left: ExportRemarks, right: ExportRemarks) -> Bool {
        left.lines == right.lines
    }
}
