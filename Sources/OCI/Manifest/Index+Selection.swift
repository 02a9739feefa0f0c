import Plumbing

/// Choosing the image of a platform.
extension Index {
    /// The entry that serves the platform best, of equal ones the first; nil where none that names its platform does.
    ///
    /// Attachments of builders are no images.
    package func image(for wanted: Platform) -> Descriptor? {
        images.compactMap { image in image.platform.flatMap(wanted.rank).map { (rank: $0, image: image) } }
            .min { $0.rank < $1.rank }?.image
    }

    /// The entries that may be for any platform: their configurations tell.
    package var imagesOfUnknownPlatform: [Descriptor] { images.filter { $0.platform == nil } }

    /// That there is no image for a platform. `found` are the platforms of those entries that do not name their own.
    package func notOffered(_ wanted: Platform, found: [Platform] = []) -> OCIError {
        .platformNotOffered(wanted: wanted, offered: offeredPlatforms(and: found), unreadable: unreadable)
    }

    /// The entries that are images.
    package var images: [Descriptor] { manifests.filter { !$0.isAttestation } }

    /// The platforms of the index in its order, each once, at most 50: they are for messages.
    package var offeredPlatforms: [String] { offeredPlatforms(and: []) }

    private func offeredPlatforms(and found: [Platform]) -> [String] {
        var seen: [String] = []
        for platform in images.compactMap(\.platform) + found {
            let text = Printable.text(platform.description, limit: 60)
            if seen.count < 50, !seen.contains(text) { seen.append(text) }
        }
        return seen
    }
}

extension Descriptor {
    /// Whether an entry of an index is an attachment that a builder made (provenance, bill of materials), not an image:
    /// BuildKit marks it with an annotation and gives it the platform `unknown/unknown`.
    package var isAttestation: Bool {
        platform?.isUnknown == true || otherMembers["annotations"]?.object?["vnd.docker.reference.type"] != nil
    }
}
