package import Plumbing

/// The layers of an image below the one in work.
package struct LayersBelow: Sendable {
    /// Their roots in the repository, bottom to top.
    package let roots: [BytePath]
    /// Returns when those of them that are in work as well are prepared; throws where one of them fails.
    let prepared: @Sendable () async throws -> Void

    /// Layers, some of which may be in work.
    init(_ roots: [BytePath], prepared: @escaping @Sendable () async throws -> Void = {}) {
        self.roots = roots
        self.prepared = prepared
    }

    /// Below an image's first layer, and below an archive that belongs to no image.
    package static let nothing = LayersBelow([])
}
