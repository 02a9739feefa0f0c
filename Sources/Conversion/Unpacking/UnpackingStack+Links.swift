import Plumbing

/// Where links of lower layers lead.
extension UnpackingStack {
    /// What the layers up to one show at a path; no link is followed. Of the layer at the top, the last component does not
    /// count where `isOver`.
    func state(at path: [[UInt8]], upTo top: Int, over isOver: Bool = false) throws -> State {
        var state = try root(upTo: top)
        for (depth, name) in path.enumerated() {
            guard case .directory(_, let parts) = state else { return .nothing }
            let isLast = depth == path.count - 1
            state = .nothing
            for layer in Set(parts.map(\.layer)).sorted() where !(isOver && isLast && layer == top) {
                let names = try parts.filter { $0.layer == layer }.flatMap { try self.names(in: $0, named: name) }
                state.apply(names)
            }
        }
        return state
    }

    /// Finds out which of a layer's directories lie elsewhere: those that no member names, where the layers below have a link;
    /// and which are not there at all: those that only deletions name, where the layers below have nothing to delete.
    mutating func followLinks(of layer: Int) throws {
        var places: [BytePath: [[UInt8]]] = [:]
        for directory in layers[layer].implicitDirectories where !directory.isRoot {
            let place = Self.place(of: directory, places)
            let naming = try layers[layer].naming(of: directory)
            let below = layer == 0 ? .nothing : try state(at: place, upTo: layer, over: true)
            if naming == .implicit, case .file(let name) = below, case .symlink = name.kind {
                guard let target = try resolve(place, upTo: layer - 1) else {
                    // umoci refuses it, Docker and containerd put the directory in the place of the link.
                    circles.append(directory)
                    continue
                }
                moved[layer].insert(directory)
                places[directory] = target
                let isOpaque = try layers[layer].row(at: directory)?.kind == .directory(isOpaque: true)
                if try !isHollow(directory, of: layer) {
                    grafts[layer].add(directory, isOpaque: isOpaque, at: target)
                } else if case .directory = try state(at: target, upTo: layer - 1) {
                    grafts[layer].add(directory, isOpaque: isOpaque, at: target)
                }
                continue
            }
            if case .directory = below, naming == .implicit { continue }
            guard try isHollow(directory, of: layer) else { continue }
            moved[layer].insert(directory)
            if naming == .implicitOverDeleted { deleted[layer].insert(directory) }
        }
    }

    /// Whether a directory that no member names has nothing but deletions in it, some of which may have come to nothing.
    private func isHollow(_ directory: BytePath, of layer: Int) throws -> Bool {
        try layers[layer].rows(in: directory).allSatisfy { row in
            switch row.kind {
            case .whiteout: return true
            case .symlink, .other: return false
            case .directory:
                let path = directory.appending(row.name)
                return try layers[layer].naming(of: path) != .named && isHollow(path, of: layer)
            }
        }
    }

    /// Where a directory of the layer lies as far as is known.
    private static func place(of directory: BytePath, _ places: [BytePath: [[UInt8]]]) -> [[UInt8]] {
        for ancestor in directory.ancestors.reversed() {
            guard let place = places[ancestor] else { continue }
            return place + directory.components.dropFirst(ancestor.depth)
        }
        return directory.components
    }

    /// A path with all links in it followed, inside the root. What is missing stays as it is named. Nil where links go on for
    /// ever.
    private func resolve(_ path: [[UInt8]], upTo top: Int) throws -> [[UInt8]]? {
        var way: [[UInt8]] = []
        var ahead = Array(path.reversed())
        var links = 0
        while let name = ahead.popLast() {
            if name.elementsEqual(".".utf8) { continue }
            if name.elementsEqual("..".utf8) {
                _ = way.popLast()
                continue
            }
            if case .file(let found) = try state(at: way + [name], upTo: top), case .symlink(let target) = found.kind {
                links += 1
                guard links <= Self.linkLimit else { return nil }
                if target.first == UInt8(ascii: "/") { way = [] }
                ahead += target.split(separator: UInt8(ascii: "/")).reversed().map(Array.init)
                continue
            }
            way.append(name)
        }
        return way
    }

    /// Links followed for one path, as in Linux.
    private static var linkLimit: Int { 40 }
}
