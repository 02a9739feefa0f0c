package import Plumbing

/// A complete layer is one that others stand on.
extension LayerNodes: LayerFiles {
    package func file(at path: BytePath) -> LayerFile? {
        node(at: path).map { LayerFile($0.file, isOpaque: $0.isOpaque) }
    }

    package func files(in directory: BytePath) -> [(name: [UInt8], file: LayerFile)] {
        names(in: directory).compactMap { name in file(at: directory.appending(name)).map { (name, $0) } }
    }

    package func content(at path: BytePath) throws -> Content {
        guard let content = node(at: path)?.content else {
            throw LayerError(.refused("a file without content"), entry: path)
        }
        return content
    }
}
