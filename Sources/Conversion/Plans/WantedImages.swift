import OCI
import Plumbing
import Registry

/// The images that a name stands for, and what is wanted of them.
struct WantedImages: Sendable {
    let images: [ResolvedImage]
    let outputs: Outputs

    /// Each with its place.
    var placed: [(image: ResolvedImage, place: ImagePlace)] {
        zip(images, ImagePlace.places(images.map(\.platform))).map { ($0, $1) }
    }

    /// What of a repository tells what it has of them.
    func paths() throws -> [BytePath] {
        let record = try images.first.map { [try RepositoryLayout.imageRecord($0.source)] } ?? []
        return try record
            + placed.flatMap { image, place in
                let named = NamedManifest(image, place: place)
                return try RepositoryLayout.manifests(of: image.source, place) + outputs.paths(of: named)
                    + outputs.adoptedPaths(of: named)
            }
    }

    /// The layers that are not complete of the one image, where another program made it with all that is wanted; nil for
    /// any other.
    func incompleteLayers(in contents: [BytePath: [UInt8]]) throws -> Set<Digest>? {
        guard let image = images.first, images.count == 1 else { return nil }
        return try outputs.incompleteLayers(
            ofAdopted: NamedManifest(image),
            diffIDs: image.configuration.diffIDs,
            in: contents
        )
    }

    /// What the record of their name shall say.
    func record() throws -> ImageRecord {
        try outputs.record(of: placed.map { NamedManifest($0.image, place: $0.place) })
    }
}
