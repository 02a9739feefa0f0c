package import OCI
package import Plumbing

/// What a repository has of a layer: the one place that decides whether it is complete.
package enum LayerPresence: String, Sendable {
    /// The layer and its record: it is complete.
    case complete
    /// A layer without a record: another program published it, and nobody knows whether it is complete.
    case unrecorded
    /// Nothing.
    case missing

    /// Of a layer, by what the repository has of ``paths(of:)``.
    package init(of layer: Digest, in contents: [BytePath: [UInt8]]) {
        self.init(at: RepositoryLayout.layerRoot(layer), in: contents)
    }

    /// Of what lies at a path, a layer's root or any other.
    init(at root: BytePath, in contents: [BytePath: [UInt8]]) {
        let paths = Self.paths(at: root)
        if contents[root] == nil {
            self = .missing
        } else {
            self = paths.allSatisfy { contents[$0] != nil } ? .complete : .unrecorded
        }
    }

    /// What decides it.
    package static func paths(of layer: Digest) -> [BytePath] { paths(at: RepositoryLayout.layerRoot(layer)) }

    /// What decides it for all layers of an image.
    package static func paths(of manifest: Manifest) -> [BytePath] {
        manifest.layers.map(\.digest).flatMap(paths)
    }

    static func paths(at root: BytePath) -> [BytePath] {
        [root] + (root.parent.map { [RepositoryLayout.record(of: $0)] } ?? [])
    }

    /// Whether it need not be ingested; `trusting` is the operator's word for layers of other programs.
    package func suffices(trusting: Bool) -> Bool { self == .complete || self == .unrecorded && trusting }
}
