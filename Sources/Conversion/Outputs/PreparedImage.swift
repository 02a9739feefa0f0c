package import Plumbing

/// What of an image is stored and not visible yet.
package struct PreparedImage: Sendable {
    /// The layers that were brought.
    package let layers: IngestedLayers
    /// The trees that were made, by their places.
    package let trees: [BytePath: AssembledTree]

    /// These parts.
    package init(layers: IngestedLayers, trees: [BytePath: AssembledTree] = [:]) {
        self.layers = layers
        self.trees = trees
    }
}
