import Foundation
import Layers

/// What Tests/tools/merge_layers.py says of an image.
struct OracleAnswer: Decodable {
    /// As the layers show it that are mounted upon each other.
    let mount: Reading
    /// As they are unpacked one upon the other.
    let unpack: Reading

    struct Reading: Decodable {
        let listing: [ShownFile]?
        let refused: String?
        /// Where unpackers do not agree, or refuse what this reads.
        let tolerated: [String]?
    }
}

extension OracleAnswer {
    /// The first difference between the tree that is merged of the layers in a folder and what unpackers make of them, nil
    /// where there is none. A layer is read before it is known what lies below it: an image that cannot be read as it is
    /// mounted has no tree.
    func treeDifference(from folder: URL, butAttributesOf path: String? = nil) throws -> String? {
        if mount.refused != nil, unpack.refused == nil { return nil }
        // By then it is not known whether the file was there before what lies below it.
        if mount.refused == nil, unpack.refused?.hasPrefix("below a file") == true { return nil }
        // Docker and containerd put a directory in the place of the link.
        if mount.refused == nil, unpack.refused == "links on the way in a circle" { return nil }
        let tolerated = Set((mount.tolerated ?? []) + (unpack.tolerated ?? [])).sorted()
        let reading = Reading(listing: unpack.listing, refused: unpack.refused, tolerated: tolerated)
        return try reading.difference(from: folder, butAttributesOf: path, reading: ShownImage.unpackedFiles)
    }
}

extension OracleAnswer.Reading {
    /// The first difference between this and what the program makes of the layers in a folder, nil where there is none. The
    /// attributes of the file at `path` do not count.
    func difference(
        from folder: URL,
        butAttributesOf path: String? = nil,
        reading: (URL) throws -> [ShownFile] = ShownImage.files
    ) throws -> String? {
        let found: [ShownFile]
        do {
            found = try reading(folder)
        } catch let error as LayerError {
            // What a lower link is, of which a member makes another name and goes on below it, is not known by then; Docker
            // and containerd refuse the other name.
            let mayBeUnknown = tolerated?.contains("hard link to a lower layer") ?? false
            let isUnknown = ["is a hard link to a lower layer", "which neither this layer"].contains {
                error.description.contains($0)
            }
            let isIntoItself = tolerated?.contains("hard link into what it replaces") ?? false
            return refused == nil && !(mayBeUnknown && isUnknown) && !isIntoItself ? "refused: \(error)" : nil
        }
        guard let listing else {
            return Self.harmless.contains(refused ?? "") ? nil : "read, and not refused: \(refused ?? "")"
        }
        let expected = listing.sorted { $0.path < $1.path }.map { comparable($0, path) }
        let sorted = found.sorted { $0.path < $1.path }.map { comparable($0, path) }
        if sorted == expected { return nil }
        // Docker and containerd refuse such an image: they make the link in the layer's own directory.
        let refusedElsewhere = ["hard link into what it replaces", "hard link through a lower link into its own layer"]
        // A layer is kept as it is mounted, and so without the order of its members: unpackers put what comes before such a
        // change elsewhere.
        let orderMatters = [
            "below a lower link that the layer replaces", "one name in two ways", "hard link to a deleted name",
            "hard link through a lower link", "a lower link that the layer deletes",
            // What is left out leaves a directory behind that no member names.
            "device 0:0",
        ]
        if tolerated?.contains(where: (refusedElsewhere + orderMatters).contains) == true { return nil }
        let (missing, more) = (expected.filter { !sorted.contains($0) }, sorted.filter { !expected.contains($0) })
        return "not there: \(missing.prefix(3)), there: \(more.prefix(3))"
    }

    /// Faults of a hard link that later members take back: whoever makes the link at once meets them.
    private static let harmless: Set<String> = [
        "a hard link to nothing", "a hard link to a directory", "links on the way in a circle",
    ]

    private func comparable(_ file: ShownFile, _ path: String?) -> ShownFile {
        var file = file
        // Names of one file in several directories come apart in a catalog.
        file.links = nil
        // Where a lower link leads, containerd takes the attributes of such a directory from, and the oracle does not.
        let isImplied =
            file.type == "directory" && tolerated?.contains("implicit directory over a file or link") == true
        if file.path == path || isImplied {
            (file.mode, file.uid, file.gid, file.mtime, file.xattrs) = ("", 0, 0, [], nil)
        }
        return file
    }
}
