import CVMFS
import Layers
import Plumbing

/// What a tree is made of.
enum TreeLayer: UnpackableLayer {
    case stored(StoredLayer)
    case added(AddedFiles)

    func row(at path: BytePath) throws -> UnpackableRow<CatalogEntry>? {
        switch self {
        case .stored(let layer): try layer.row(at: path)
        case .added(let files): files.row(at: path)
        }
    }

    func rows(in directory: BytePath) throws -> [UnpackableRow<CatalogEntry>] {
        switch self {
        case .stored(let layer): try layer.rows(in: directory)
        case .added(let files): files.rows(in: directory)
        }
    }

    func naming(of directory: BytePath) throws -> DirectoryNaming {
        switch self {
        case .stored(let layer): try layer.naming(of: directory)
        case .added: .named
        }
    }

    func chunks(at path: BytePath) throws -> [FileChunk] {
        switch self {
        case .stored(let layer): try layer.chunks(at: path)
        case .added: []
        }
    }

    var implicitDirectories: [BytePath] {
        switch self {
        case .stored(let layer): layer.implicitDirectories
        case .added: []
        }
    }

    var hidesRoot: Bool {
        switch self {
        case .stored(let layer): layer.hidesRoot
        case .added: false
        }
    }

    var givesWay: Bool {
        switch self {
        case .stored: false
        case .added: true
        }
    }
}
