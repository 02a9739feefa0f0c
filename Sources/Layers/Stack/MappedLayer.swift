package import Plumbing

/// A layer whose contents are known by something else.
package struct MappedLayer<Layer: LayerFiles, Content: Sendable>: LayerFiles {
    private let layer: Layer
    private let map: (Layer.Content) throws -> Content

    /// The files of `layer`; `map` makes of a content what it is known by.
    package init(_ layer: Layer, _ map: @escaping (Layer.Content) throws -> Content) {
        self.layer = layer
        self.map = map
    }

    package func file(at path: BytePath) throws -> LayerFile? { try layer.file(at: path) }

    package func files(in directory: BytePath) throws -> [(name: [UInt8], file: LayerFile)] {
        try layer.files(in: directory)
    }

    package func content(at path: BytePath) throws -> Content { try map(layer.content(at: path)) }
}
