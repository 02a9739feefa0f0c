import CVMFS
import OCI
import Plumbing
import Registry

/// An image, and which of the images of its name it is.
struct PlacedImage: Sendable {
    let image: ResolvedImage
    let place: ImagePlace
}

extension VerificationRequest {
    /// Whether one of the images that are wanted together is to be compared. One without an index is taken whatever it is for.
    func isChosen(_ placed: PlacedImage, of images: [PlacedImage]) -> Bool {
        guard let platform, images.count > 1 else { return true }
        return platform.rank(of: placed.image.platform) != nil
    }
}

extension ImageVerification {
    /// The images that a wish is about, with their places: of the wanted platforms, or of another that was chosen.
    func images(
        of input: any ImageTransport,
        _ request: VerificationRequest,
        _ wish: Wish?,
        _ remarks: PlatformRemarks
    ) async throws -> [PlacedImage] {
        if let wish {
            let wanted = try wish.wantedPlatforms(nil)
            var directories: Set<String> = []
            // Of two for one kind of machine the first counts, as in a conversion.
            let images = try await input.resolve(wanted).filter { directories.insert($0.platform.directory).inserted }
            let isWanted = request.platform.map { platform in images.contains { platform.rank(of: $0.platform) != nil }
            }
            if isWanted ?? true {
                if case .these(let platforms) = wanted, let only = images.first, images.count == 1 {
                    for platform in platforms { remarks.compare(only.source, only.platform, wanted: platform) }
                }
                return zip(images, ImagePlace.places(images.map(\.platform))).map(PlacedImage.init)
            }
        }
        let platform = request.platform ?? .linuxAMD64
        let image = try await input.resolve(platform: platform)
        remarks.compare(image.source, image.platform, wanted: platform)
        return [PlacedImage(image: image, place: try await place(of: image))]
    }

    /// Where a repository has an image of which nobody says that it is wanted.
    private func place(of image: ResolvedImage) async throws -> ImagePlace {
        let reader = repository.reader
        return try await onDedicatedThread("verify") {
            let tree = try reader.tree()
            func isThere(_ place: ImagePlace) throws -> Bool {
                try RepositoryLayout.manifests(of: image.source, place).contains { try tree.entry(at: $0) != nil }
            }
            let further = ImagePlace.further(image.platform)
            return try !isThere(.only) && isThere(further) ? further : .only
        }
    }
}
