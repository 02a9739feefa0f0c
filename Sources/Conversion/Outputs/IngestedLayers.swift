import CVMFS
package import OCI
import State

/// The layers of an image that this conversion brought, and when.
package struct IngestedLayers: Sendable {
    private let layers: [Digest: IngestedLayer]
    /// How many entries of a layer that was there are as on the layers of another image; where there are some.
    let ofAnotherBase: [Digest: Int]

    /// What was ingested, by the digest of the layer.
    package init(_ layers: [Digest: IngestedLayer], ofAnotherBase: [Digest: Int] = [:]) {
        self.layers = layers
        self.ofAnotherBase = ofAnotherBase
    }

    /// A layer that was brought; nil for one that was there.
    package subscript(_ layer: Digest) -> IngestedLayer? { layers[layer] }

    /// A layer that had to be brought. Throws ``ConversionError`` where it was not.
    func required(_ layer: Digest) throws -> IngestedLayer {
        guard let ingested = layers[layer] else { throw ConversionError("layer \(layer) was not ingested") }
        return ingested
    }

    /// What was moved, where so many layers besides were there.
    func traffic(known: Int) -> Traffic {
        var traffic = Traffic(layersNew: Int64(layers.count), layersKnown: Int64(known))
        for layer in layers.values {
            traffic.bytesNew += layer.content.newBytes
            traffic.bytesKnown += layer.content.knownBytes
            traffic.bytesStored += layer.content.storedBytes
        }
        return traffic
    }
}
