import Plumbing

/// Choosing the image of a platform.
extension Index {
    /// The entry that serves the platform best; of equal ones the first.
    ///
    /// Attachments of builders are no images. Entries without a platform are only chosen when there is nothing but one of
    /// them. Throws ``OCIError/platformNotOffered(wanted:offered:)`` with what
    /// there is.
    package func image(for wanted: Platform) throws -> Descriptor {
        let images = manifests.filter { !$0.isAttestation }
        if images.count == 1, let only = images.first, only.platform == nil { return only }

        var best: (rank: Int, descriptor: Descriptor)?
        for image in images {
            guard let platform = image.platform, let rank = wanted.rank(of: platform) else { continue }
            if rank < best?.rank ?? .max { best = (rank, image) }
        }
        guard let best else {
            throw OCIError.platformNotOffered(wanted: wanted, offered: offeredPlatforms)
        }
        return best.descriptor
    }

    /// The platforms of the index in its order, each once, at most 50: they are for messages.
    package var offeredPlatforms: [String] {
        var seen: [String] = []
        for platform in manifests.filter({ !$0.isAttestation }).compactMap(\.platform) {
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
