import GRDB

/// An image has one place for its metadata in a repository. Two desideratas that each want it for another platform alone would
/// publish it in turns, for ever.
extension WishStore {
    /// Throws `otherPlatform` where another desiderata of the same image in the repository is for one platform alone, and this
    /// one for another alone.
    static func refuseOtherPlatform(
        of content: DesiderataContent,
        in fqrn: String,
        _ db: Database
    ) throws {
        guard let platform = content.onlyPlatform else { return }
        let reference = content.input.reference
        // Whoever fetches it, and with or without TLS: its place has the same name. The coalesced columns are those of the index
        // `image_identity`: without them, all tags of the image repository are read for each.
        let others = try desideratas(
            """
            WHERE desiderata.cvmfs_repository = ? AND desiderata.id IS NOT ?
              AND input.canonical_registry = ? AND input.repository = ? AND ifnull(input.tag, '') = ?
              AND ifnull(input.digest, '') = ?
              AND replace(input.scheme, 'https', 'http') = replace(?, 'https', 'http')
            ORDER BY desiderata.id
            """,
            [
                fqrn, content.id, reference.canonicalRegistry, reference.repository, reference.tag ?? "",
                reference.digest ?? "", reference.scheme,
            ],
            db
        ).map(DesiderataContent.init)
        guard let other = others.first(where: { $0.onlyPlatform.map { $0 != platform } ?? false }) else { return }
        throw StateError.otherPlatform(
            of: other.id ?? 0,
            image: other.input.reference.text,
            repository: fqrn,
            platforms: other.platforms + content.platforms,
            wantedBy: content.id
        )
    }
}

extension DesiderataContent {
    /// The one platform that it is for, without a variant that is its architecture's usual one: `linux/arm64` and
    /// `linux/arm64/v8` are the same. Nil where it is for several, or for all.
    fileprivate var onlyPlatform: String? {
        guard platforms.count == 1, let platform = platforms.first, platform != Desiderata.allPlatforms else {
            return nil
        }
        let text = platform.lowercased()
        let isUsual = ["/arm64/v8", "/arm/v7", "/amd64/v1"].contains { text.hasSuffix($0) }
        // "/vN" is three characters long.
        return isUsual ? String(text.dropLast(3)) : text
    }
}
