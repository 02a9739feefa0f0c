import Plumbing

/// A directory of the tree while its entries are told.
struct UnpackedDirectory<Layer: UnpackableLayer> {
    typealias Name = UnpackingName<Layer.Row>
    typealias State = UnpackingState<Layer.Row>

    let path: BytePath
    /// What each part has in it, bottom to top.
    private var sources: [ArraySlice<Name>]
    /// Groups of hard links, by the part of the layer they are from.
    private var groups: [Group: (number: UInt32, count: UInt32)] = [:]

    private struct Group: Hashable {
        let layer: Int
        let directory: BytePath?
        let number: UInt32

        init(_ name: Name) {
            layer = name.part.layer
            directory = name.part.directory
            number = name.linkGroup
        }
    }

    init(_ path: BytePath, _ parts: [UnpackingPart], in stack: UnpackingStack<Layer>) throws {
        self.path = path
        sources = []
        for part in parts {
            let names = try stack.names(in: part)
            if !names.isEmpty { sources.append(names[...]) }
        }
        countLinks()
    }

    /// How many names of each group are left.
    private mutating func countLinks() {
        guard sources.contains(where: { $0.contains { $0.linkGroup != 0 } }) else { return }
        var copy = self
        while let shown = copy.next() {
            guard case .file(let name) = shown.state, name.linkGroup != 0 else { continue }
            groups[Group(name), default: (0, 0)].count += 1
        }
    }

    /// The group of a name and how many names it has; `last` is the last number that was given.
    mutating func links(of name: Name, _ last: inout UInt32) -> (group: UInt32, count: UInt32) {
        guard name.linkGroup != 0, let group = groups[Group(name)], group.count > 1 else { return (0, 1) }
        guard group.number == 0 else { return (group.number, group.count) }
        last += 1
        groups[Group(name)]?.number = last
        return (last, group.count)
    }

    /// The next name and what it shows, which may be nothing; nil at the end.
    mutating func next() -> (name: [UInt8], state: State)? {
        // Most directories are one layer's alone.
        if sources.count == 1 {
            guard let name = sources[0].popFirst() else { return nil }
            var state = State.nothing
            // A part has two names of one kind only where links lead through what is no directory.
            if let second = sources[0].first, second.name == name.name {
                sources[0].removeFirst()
                state.apply([name, second])
            } else {
                state.apply(CollectionOfOne(name))
            }
            return (name.name, state)
        }
        guard let least = leastName() else { return nil }
        var state = State.nothing
        var ofLayer: [Name] = []
        for source in sources.indices {
            while let name = sources[source].first, name.name == least {
                sources[source].removeFirst()
                if let last = ofLayer.last, last.part.layer != name.part.layer {
                    state.apply(ofLayer)
                    ofLayer = []
                }
                ofLayer.append(name)
            }
        }
        state.apply(ofLayer)
        return (least, state)
    }

    /// The first of the names that are left.
    private func leastName() -> [UInt8]? {
        var least: [UInt8]?
        for source in sources {
            guard let name = source.first?.name else { continue }
            if let known = least, !name.lexicographicallyPrecedes(known) { continue }
            least = name
        }
        return least
    }
}
