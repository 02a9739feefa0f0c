import CVMFS
package import OCI
import Plumbing
import StockServer

/// What one revision of a repository has of images, by what lies in it and whoever made it.
package struct RepositoryInventory: Sendable {
    /// The revision.
    package let revision: UInt64
    /// The images, in the order of their folders.
    package let images: [LayerReferrer]
    /// The layers that Wafer made.
    package let layers: [Digest]
    /// Directories among the layers that Wafer did not make, or not to the end.
    package let foreignLayers: Int
    /// The trees that nobody is written down to use, by the digests of their configurations.
    package let unusedTrees: [Digest]
    /// What nothing leads to of what other programs made, where the repository was adopted.
    let adopted: AdoptedLeftovers

    /// Reads it. Throws ``ConversionError`` where the manifest of an image cannot be understood: it may need any layer.
    /// Blocks.
    static func read(
        _ reader: any RevisionReader,
        of fqrn: String,
        isAdopted: Bool
    ) throws -> RepositoryInventory {
        // Before everything else: what is read of a later revision is found out when something is committed.
        let revision = try reader.revision()
        let images = try LayerReferrer.all(in: reader)
        if let image = images.first(where: { $0.layers == nil }) {
            let manifest = RepositoryLayout.ImageFile.manifest.path(in: image.image)
            throw ConversionError(
                "\(manifest.absolute) of \(fqrn) is no manifest, and its image may need any layer: nothing was removed; "
                    + "convert the image again, or remove its folder with `wafer repository rm \(fqrn) \(image.image.absolute)`"
            )
        }
        let all = try reader.digests(in: RepositoryLayout.layers)
        let records = try reader.contents(all.map(RepositoryLayout.layerRecord))
        let own = all.filter { records[RepositoryLayout.layerRecord($0)] != nil }
        return RepositoryInventory(
            revision: revision,
            images: images,
            layers: own,
            foreignLayers: all.count - own.count,
            unusedTrees: try unusedTrees(in: reader),
            adopted: isAdopted ? try AdoptedLeftovers.read(reader) : AdoptedLeftovers()
        )
    }

    private static func unusedTrees(in reader: any RevisionReader) throws -> [Digest] {
        let suffix = ".json"
        let digests = try children(of: RepositoryLayout.treeRecords, in: reader).flatMap { group in
            try reader.names(in: group).compactMap { name -> Digest? in
                let text = String(decoding: name, as: UTF8.self)
                return text.hasSuffix(suffix) ? try? Digest(parsing: "sha256:\(text.dropLast(suffix.count))") : nil
            }
        }
        let records = try reader.contents(digests.map(RepositoryLayout.treeRecord))
        return digests.filter { digest in
            records[RepositoryLayout.treeRecord(digest)].flatMap(TreeRecord.decode)?.usedBy?.isEmpty == true
        }.sorted { $0.hex < $1.hex }
    }

    private static func children(of directory: BytePath, in reader: any RevisionReader) throws -> [BytePath] {
        try reader.names(in: directory).map(directory.appending)
    }
}
