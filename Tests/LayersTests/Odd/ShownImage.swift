import Conversion
import Foundation
import Layers
import Plumbing

/// What a container sees of an image whose layers lie in a folder, or why it was refused.
enum ShownImage {
    /// Reads the layers of a folder, in the order of their names, as they are mounted upon each other.
    static func files(in folder: URL) throws -> [ShownFile] {
        try files(of: layers(in: folder).map(\.nodes))
    }

    /// The same as they are unpacked one upon the other.
    static func unpackedFiles(in folder: URL) throws -> [ShownFile] {
        let layers = try layers(in: folder)
        var unpacking = try LayerUnpacking(layers.map(UnpackableNodes.init))
        var files: [ShownFile] = []
        while let entry = try unpacking.next() {
            let file = entry.row?.file ?? FileNode(.directory)
            if let row = entry.row, !entry.path.isRoot, row.path != entry.origin.appending(entry.path.name) {
                throw Difference("\(entry.path): comes from \(row.path), not from \(entry.origin)")
            }
            files.append(try ShownFile(entry.path, file, content: entry.row?.content))
        }
        return files
    }

    private static func layers(in folder: URL) throws -> [CompleteLayer<[UInt8]>] {
        var layers: [CompleteLayer<[UInt8]>] = []
        for archive in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let bytes = Array(try Data(contentsOf: folder.appending(path: archive)))
            let layer = try ReadLayer(bytes)
            var tree = LayerTree<[UInt8]>()
            for (index, entry) in layer.entries.enumerated() { try tree.add(entry, content: layer.contents[index]) }
            layers.append(try tree.finish(over: LayerStack(layers.map(\.nodes))))
        }
        return layers
    }

    private static func files(of layers: [LayerNodes<[UInt8]>]) throws -> [ShownFile] {
        var files: [ShownFile] = []
        var merge = LayerMerge(layers)
        let stack = LayerStack(layers)
        while let entry = try merge.next() {
            // The other way to ask must give the same.
            guard let same = try stack.file(at: entry.path), same == LowerFile(entry.file, layer: entry.layer) else {
                throw Difference("\(entry.path): seen when gone through, and not when asked for")
            }
            let isFile = if case .file = entry.file.kind { true } else { false }
            let content = isFile ? try layers[entry.layer].content(at: entry.path) : nil
            files.append(try ShownFile(entry.path, entry.file, content: content))
        }
        return files
    }

    struct Difference: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}
