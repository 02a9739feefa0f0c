package import CVMFS
import Layers
package import OCI
package import Plumbing
package import Registry

/// A layer of the image. One that the image has twice is one.
package struct PlannedLayer: Sendable {
    /// As the manifest names it.
    package let descriptor: Descriptor
    /// The digest of its inflated tar.
    package let diffID: Digest
    /// The record beside it in the repository, if there is one.
    package let record: LayerRecord?
    /// Whether it need not be ingested: it has a record, or the operator vouches for it.
    package let isPresent: Bool
}

/// The layers of one image, and what of them the repository needs.
package struct PlannedLayers: PlannedOutput {
    /// The image as its source has it.
    package let image: ResolvedImage
    /// Bottom to top.
    package private(set) var all: [PlannedLayer]
    /// Whether those that are there are replaced.
    private let overwriting: Bool
    /// Those that another image of the same conversion brings.
    private var brought: Set<Digest> = []

    init(image: ResolvedImage, all: [PlannedLayer], overwriting: Bool) {
        self.image = image
        self.all = all
        self.overwriting = overwriting
    }

    /// Those that will be downloaded and ingested.
    package var missing: [PlannedLayer] {
        all.filter { (overwriting || !$0.isPresent) && !brought.contains($0.descriptor.digest) }
    }

    /// Those that are taken as they are.
    package var known: [PlannedLayer] {
        overwriting ? [] : all.filter { $0.isPresent && !brought.contains($0.descriptor.digest) }
    }

    /// The layers, of which only these have to be brought: the others are another program's, and complete.
    func bringing(only incomplete: Set<Digest>) -> PlannedLayers {
        var copy = self
        copy.all = all.map { layer in
            PlannedLayer(
                descriptor: layer.descriptor,
                diffID: layer.diffID,
                record: layer.record,
                isPresent: !incomplete.contains(layer.descriptor.digest)
            )
        }
        return copy
    }

    /// The layers without those that an image before it in the same conversion has.
    func without(_ brought: Set<Digest>) -> PlannedLayers {
        var copy = self
        copy.brought = brought
        return copy
    }

    package var push: ThinImagePush? { nil }

    package var required: [BytePath] { all.map { RepositoryLayout.layerRoot($0.descriptor.digest) } }

    package func edits(_ prepared: PreparedImage) throws -> [TreeEdit] {
        let ingested = prepared.layers
        let digests = missing.map(\.descriptor.digest)
        return digests.map { TreeEdit(RepositoryLayout.layerRoot($0), .attach(replacing: overwriting)) }
            + (try digests.flatMap { try [record(of: $0, ingested), base(of: $0, ingested)].compactMap(\.self) })
    }

    /// What lies below a layer of the image, bottom to top.
    func below(_ layer: Digest) -> [Digest] { Array(all.map(\.descriptor.digest).prefix { $0 != layer }) }

    private func base(of digest: Digest, _ ingested: IngestedLayers) throws -> TreeEdit? {
        let base = try ingested.required(digest).base
        let path = RepositoryLayout.layerBase(at: RepositoryLayout.layerRoot(digest))
        guard let file = try baseFile(of: digest, base) else { return overwriting ? TreeEdit(path, .remove) : nil }
        return TreeEdit(path, .file(file))
    }

    /// The `base.json` of a layer of this image; nil where it has nothing from those below it.
    func baseFile(of layer: Digest, _ base: LayerBase) throws -> [UInt8]? {
        base.isEmpty ? nil : try LayerBaseRecord(base, over: below(layer)).encoded()
    }

    private func record(of digest: Digest, _ ingested: IngestedLayers) throws -> TreeEdit {
        let result = try ingested.required(digest)
        let record = LayerRecord(
            digest: digest.description,
            diffID: result.summary.diffID.description,
            size: result.summary.compressedSize,
            uncompressedSize: result.summary.uncompressedSize,
            entries: result.entries,
            whiteouts: .kernel,
            writer: WaferVersion.name,
            notes: result.notes
        )
        return TreeEdit(RepositoryLayout.layerRecord(digest), .file(try record.encoded()))
    }

    /// What could not be stored of the layers, new ones and known ones, for a person; nil where everything was. `later` is
    /// what turned out when new ones were in the repository.
    func losses(_ ingested: IngestedLayers, later: (BytePath) -> [LayerLoss: Int]) -> String? {
        let lines = all.compactMap { layer -> String? in
            let digest = layer.descriptor.digest
            var known = ingested[digest]?.losses ?? layer.record?.losses ?? [:]
            known[.otherBase] = ingested.ofAnotherBase[digest]
            let losses = known.merging(later(RepositoryLayout.layerRoot(digest))) { max($0, $1) }
            guard !losses.isEmpty else { return nil }
            return "layer \(digest): \(LayerLoss.text(losses))"
        }
        return lines.isEmpty ? nil : lines.joined(separator: "; ")
    }

    /// What was left out of the layers or is worth a warning, by their digests.
    func notes(_ ingested: IngestedLayers) -> [String: [String: Int]] {
        var notes: [String: [String: Int]] = [:]
        for layer in all {
            let digest = layer.descriptor.digest
            var found = ingested[digest]?.notes ?? layer.record?.notes ?? [:]
            found[LayerLoss.otherBase.rawValue] = ingested.ofAnotherBase[digest]
            if !found.isEmpty { notes[digest.description] = found }
        }
        return notes
    }
}
