import Plumbing

/// What one layer brings to one directory of the tree.
struct UnpackingPart {
    let layer: Int
    /// The layer's directory; nil where it has none, and only has something below that a link led here.
    let directory: BytePath?
    /// What links of lower layers lead below this directory.
    var grafts: Graft?
    /// Whether it only adds to what others have.
    var givesWay = false
}

/// Directories of a layer whose place is elsewhere: a link of a lower layer stands where no member names the directory.
final class Graft {
    private(set) var children: [[UInt8]: Graft] = [:]
    /// The layer's directories that are laid into this one.
    private(set) var directories: [BytePath] = []
    /// Whether one of them hides what lower layers have in it.
    private(set) var isOpaque = false

    /// Lays a directory into the one at `path`, from here.
    func add(_ directory: BytePath, isOpaque: Bool, at path: some Sequence<[UInt8]>) {
        var place = self
        for name in path {
            if let next = place.children[name] {
                place = next
            } else {
                let next = Graft()
                place.children[name] = next
                place = next
            }
        }
        place.directories.append(directory)
        if isOpaque { place.isOpaque = true }
    }

    /// Takes over what another one has, as a child.
    func adopt(_ graft: Graft, named name: [UInt8]) { children[name] = graft }

    var isEmpty: Bool { children.isEmpty && directories.isEmpty }
}

/// A name that a part has in a directory.
struct UnpackingName<Row> {
    let part: UnpackingPart
    let name: [UInt8]
    let kind: UnpackableRow<Row>.Kind
    let linkGroup: UInt32
    /// Nil for a directory that only a link leads through.
    let row: Row?
    /// How its layer came to it, where it is a directory.
    let naming: DirectoryNaming

    private var graft: Graft? { part.grafts?.children[name] }

    /// Whether it is a directory that hides what lower layers have in it.
    var isOpaque: Bool { kind == .directory(isOpaque: true) || graft?.isOpaque == true }

    /// What its layer brings to the directory of this name, bottom to top.
    var parts: [UnpackingPart] {
        let graft = graft
        let elsewhere = (graft?.directories ?? []).map {
            UnpackingPart(layer: part.layer, directory: $0)
        }
        let own = row == nil ? nil : part.directory?.appending(name)
        return elsewhere + [UnpackingPart(layer: part.layer, directory: own, grafts: graft, givesWay: part.givesWay)]
    }
}

/// What a name shows after so many layers.
enum UnpackingState<Row> {
    case nothing
    case file(UnpackingName<Row>)
    /// The one whose attributes it has, nil where nobody names it; the parts bottom to top.
    case directory(UnpackingName<Row>?, [UnpackingPart])

    /// What it shows when the names of one layer come upon it: deletions first, whatever the order of members was.
    mutating func apply(_ names: some Collection<UnpackingName<Row>>) {
        if names.contains(where: { $0.kind == .whiteout || $0.naming == .implicitOverDeleted }) { self = .nothing }
        for name in names where name.kind != .whiteout { apply(name) }
    }

    private mutating func apply(_ name: UnpackingName<Row>) {
        if name.part.givesWay {
            switch self {
            case .nothing: break
            case .file: return
            case .directory(let former, let parts):
                if case .directory = name.kind { self = .directory(former, parts + name.parts) }
                return
            }
        }
        guard case .directory = name.kind else {
            self = .file(name)
            return
        }
        guard case .directory(let former, let parts) = self else {
            self = .directory(name.naming == .named ? name : nil, name.parts)
            return
        }
        let staying = name.isOpaque ? parts.filter { $0.layer == name.part.layer } : parts
        self = .directory(name.naming == .named ? name : former, staying + name.parts)
    }
}
