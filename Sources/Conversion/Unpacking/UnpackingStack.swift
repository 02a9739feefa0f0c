import Plumbing

/// Layers with what is known of where their directories lead: answers what one directory of the tree has.
struct UnpackingStack<Layer: UnpackableLayer> {
    typealias Name = UnpackingName<Layer.Row>
    typealias State = UnpackingState<Layer.Row>

    /// Bottom to top.
    let layers: [Layer]
    /// By layer: what links lead elsewhere.
    var grafts: [Graft]
    /// By layer: the directories that lie elsewhere, and not where the layer has them.
    var moved: [Set<BytePath>]
    /// Directories whose links lead in a circle, and which stay where they are.
    var circles: [BytePath] = []
    /// By layer: those of them that only delete what lower layers have there.
    var deleted: [Set<BytePath>]

    init(_ layers: [Layer]) {
        self.layers = layers
        grafts = layers.map { _ in Graft() }
        moved = layers.map { _ in [] }
        deleted = moved
    }

    /// What the layers up to one make of the root. Its attributes are those of the uppermost that names it.
    func root(upTo top: Int) throws -> State {
        var attributes: Name?
        var parts: [UnpackingPart] = []
        for (number, layer) in layers.enumerated().prefix(top + 1) {
            guard let row = try layer.row(at: BytePath()) else { continue }
            let graft = grafts[number]
            let part = UnpackingPart(
                layer: number,
                directory: BytePath(),
                grafts: graft.isEmpty ? nil : graft,
                givesWay: layer.givesWay
            )
            let naming = try layer.naming(of: BytePath())
            if layer.hidesRoot || graft.isOpaque { parts = [] }
            parts += graft.directories.map { UnpackingPart(layer: number, directory: $0) } + [part]
            // Where nobody names a root the lowest one is as good as any.
            if naming == .named && !layer.givesWay || attributes == nil { attributes = Name(part, row, naming) }
        }
        return parts.isEmpty ? .nothing : .directory(attributes, parts)
    }

    /// The names that a part has in its directory, by bytes.
    func names(in part: UnpackingPart) throws -> [Name] {
        let layer = layers[part.layer]
        let moved = moved[part.layer]
        var names: [Name] = []
        if let directory = part.directory {
            let rows = try layer.rows(in: directory)
            names.reserveCapacity(rows.count)
            for row in rows {
                guard case .directory = row.kind else {
                    names.append(Name(part, row, .named))
                    continue
                }
                let path = directory.appending(row.name)
                if !moved.contains(path) {
                    names.append(Name(part, row, try layer.naming(of: path)))
                } else if deleted[part.layer].contains(path) {
                    names.append(Name(deleting: row.name, in: part))
                }
            }
        }
        guard let grafts = part.grafts else { return names }
        return Self.adding(grafts, part, to: names)
    }

    /// What a part has of one name: nothing, a row, or what links lead through it.
    func names(in part: UnpackingPart, named name: [UInt8]) throws -> [Name] {
        let layer = layers[part.layer]
        var names: [Name] = []
        if let path = part.directory?.appending(name), let row = try layer.row(at: path) {
            if !moved[part.layer].contains(path) {
                names.append(Name(part, row, try layer.naming(of: path)))
            } else if deleted[part.layer].contains(path) {
                names.append(Name(deleting: name, in: part))
            }
        }
        guard let graft = part.grafts?.children[name] else { return names }
        let only = Graft()
        only.adopt(graft, named: name)
        return Self.adding(only, part, to: names)
    }

    private static func adding(_ grafts: Graft, _ part: UnpackingPart, to names: [Name]) -> [Name] {
        // Where the layer has a file or a link of its own, that came last: nothing can be put below a file.
        let there = Set(names.filter { $0.kind != .whiteout }.map(\.name))
        let through = grafts.children.keys.filter { !there.contains($0) }.map { Name(through: part, $0) }
        if through.isEmpty { return names }
        return (names + through).sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }
}

extension UnpackingName {
    init(_ part: UnpackingPart, _ row: UnpackableRow<Row>, _ naming: DirectoryNaming) {
        self.init(
            part: part,
            name: row.name,
            kind: row.kind,
            linkGroup: row.linkGroup,
            row: row.row,
            naming: naming
        )
    }

    /// The deletion of a name.
    init(deleting name: [UInt8], in part: UnpackingPart) {
        self.init(part: part, name: name, kind: .whiteout, linkGroup: 0, row: nil, naming: .named)
    }

    /// A directory on the way to where a link leads.
    init(through part: UnpackingPart, _ name: [UInt8]) {
        self.init(
            part: part,
            name: name,
            kind: .directory(isOpaque: false),
            linkGroup: 0,
            row: nil,
            naming: .implicit
        )
    }
}
