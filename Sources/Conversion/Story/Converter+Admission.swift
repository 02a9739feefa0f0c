import OCI
import Plumbing
import State

/// What an image has to pass before anything of it is fetched.
extension Converter {
    /// Throws ``PrivateImage`` where everybody could read what is for some, and `RecipeExcess` where the image's layers would be
    /// too much for its recipe.
    func admit(_ plan: Plan, _ wish: Wish, _ publisher: any Publisher) async throws {
        guard plan.needsPublication else { return }
        try await refusePrivate(plan, wish, publisher)
        guard let desiderata = wish.desiderata, wish.recipe != nil else { return }
        try await state.recipes.admit(plan.layers.map { ConvertedLayer($0.descriptor) }, of: desiderata)
    }

    /// Records the layers of an image that was published before that was recorded, as its manifests in the repository name them.
    func recordLayers(
        of desiderata: Desiderata,
        _ earlier: ConversionRecord,
        in publisher: any Publisher
    ) async throws {
        guard let platforms = earlier.platform.flatMap(PlatformList.platforms) else { return }
        let source = try ImageSource(desiderata.input.reference)
        let places = ImagePlace.places(platforms)
        let stored = try await publisher.contents(
            places.flatMap { try RepositoryLayout.manifests(of: source, $0) }
        )
        var layers: [ConvertedLayer] = []
        for place in places {
            guard let bytes = try RepositoryLayout.manifest(of: source, place, in: stored),
                case .image(let manifest) = try RawManifest(bytes: bytes).decoded
            else { return }
            layers += manifest.layers.map(ConvertedLayer.init)
        }
        try await state.history.recordLayers(layers, of: desiderata.id)
    }
}

extension ConvertedLayer {
    /// A layer as a manifest names it.
    init(_ descriptor: Descriptor) {
        self.init(digest: descriptor.digest.description, size: descriptor.size)
    }
}
