package import Plumbing

/// What tells whether a repository has an image for podman, without reading all of it.
extension PodmanStore {
    /// The files that tell it of an image, by its id. Throws where libcrypto fails.
    package static func paths(of image: String) throws -> [BytePath] {
        [images, data(manifestName, of: image), link(ofLayer: try layer(ofImage: image))]
    }

    /// Whether a repository that has `contents` of ``paths(of:)`` has the image, and all of these names are its own.
    ///
    /// Of two manifests with one configuration the store has the one that was published last; both are the same image to podman,
    /// so that is no difference.
    package static func has(_ image: String, named names: [String], in contents: [BytePath: [UInt8]]) throws -> Bool {
        guard try paths(of: image).allSatisfy({ contents[$0] != nil }) else { return false }
        let list = try PodmanList(contents[images], at: images)
        guard let entry = list.entries.first(where: { $0.id == image }) else { return false }
        return try entry.text("layer") == layer(ofImage: image) && Set(names).isSubset(of: entry.names)
    }
}

extension PodmanStore {
    /// What a repository has of paths, as `contents` reads it; of its lists, which grow with each image and are asked for with
    /// each, only whether they are there, without their bytes.
    static func contents(
        _ paths: [BytePath],
        reading contents: ([BytePath]) throws -> [BytePath: [UInt8]],
        exists: (BytePath) throws -> Bool
    ) throws -> [BytePath: [UInt8]] {
        let asked = Set(paths).intersection(lists)
        var found = try contents(paths.filter { !asked.contains($0) })
        for list in asked where try exists(list) { found[list] = [] }
        return found
    }
}
