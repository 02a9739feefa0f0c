import CVMFS
import Layers
import Plumbing
import StockServer
import SystemPackage

/// A layer that `cvmfs_server` has published or will publish. Asked by one thread.
final class ServerLayer: LayerFiles {
    /// Where the bytes of a file are.
    enum Content: Sendable {
        case spooled(SpooledContent, FilePath)
        case published(BytePath, any RevisionReader)

        /// Hands them out in pieces, each valid during the call.
        func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
            switch self {
            case .published(let path, let reader): try reader.read(path, body)
            case .spooled(let content, let file):
                let spool = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
                try spool.closeAfter { try content.read(from: spool, body) }
            }
        }
    }

    private enum Source {
        case spool(SpooledLayer)
        case repository(BytePath, any RevisionReader)
    }

    private let source: Source
    /// What was asked of the repository: directories on the way are asked for again and again.
    private var known: [BytePath: LayerFile?] = [:]

    /// A layer in the spool.
    init(_ layer: SpooledLayer) {
        source = .spool(layer)
    }

    /// A layer whose root is at a path of the repository.
    init(at root: BytePath, in reader: any RevisionReader) {
        source = .repository(root, reader)
    }

    func file(at path: BytePath) throws -> LayerFile? {
        switch source {
        case .spool(let layer):
            return layer.nodes.node(at: path).map { LayerFile($0.file, isOpaque: $0.isOpaque) }
        case .repository(let root, let reader):
            if let known = known[path] { return known }
            let place = root.appending(path)
            let file = try reader.entries([place])[place].map(LayerFile.init(stored:))
            known[path] = .some(file)
            return file
        }
    }

    func files(in directory: BytePath) throws -> [(name: [UInt8], file: LayerFile)] {
        let names: [[UInt8]]
        switch source {
        case .spool(let layer): names = layer.nodes.names(in: directory)
        case .repository(let root, let reader): names = try reader.names(in: root.appending(directory))
        }
        return try names.compactMap { name in
            if CatalogEntry.markerNames.contains(name) { return nil }
            return try file(at: directory.appending(name)).map { (name, $0) }
        }
    }

    /// Where a file with content lies in the archive in which the layer is; nil for a layer that is in none.
    func archived(_ path: BytePath) throws -> BytePath? {
        guard case .spool(let layer) = source else { return nil }
        return layer.root.appending(path)
    }

    func content(at path: BytePath) throws -> Content {
        switch source {
        case .repository(let root, let reader): return .published(root.appending(path), reader)
        case .spool(let layer):
            guard let content = layer.nodes.node(at: path)?.content else {
                throw ConversionError("\(path) of a lower layer has no content")
            }
            return .spooled(content, layer.file)
        }
    }
}
