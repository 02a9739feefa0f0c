import CVMFS
import Foundation
import Layers
import OCI
import Plumbing
import Registry
import State

/// What an image's commit writes besides its layers: their records, the manifest as it came, and where all that is from.
struct ImagePublication {
    private let plan: Plan
    private let ingested: [Digest: IngestedLayer]
    private let time: Date

    init(plan: Plan, ingested: [Digest: IngestedLayer], time: Date) throws {
        self.plan = plan
        self.ingested = ingested
        self.time = time
        for layer in plan.missing where ingested[layer.descriptor.digest] == nil {
            throw ConversionError("layer \(layer.descriptor.digest) was not ingested")
        }
    }

    /// What was moved.
    var traffic: Traffic {
        var traffic = Traffic(
            layersNew: Int64(ingested.count),
            layersKnown: Int64(plan.layers.count - ingested.count)
        )
        for layer in ingested.values {
            traffic.bytesNew += layer.content.newBytes
            traffic.bytesKnown += layer.content.knownBytes
        }
        return traffic
    }

    /// What could not be stored of its layers, new ones and known ones, for a person; nil where everything was. `later`
    /// is what turned out when new ones were in the repository.
    func losses(_ later: (BytePath) -> [LayerLoss: Int]) -> String? {
        let lines = plan.layers.compactMap { layer -> String? in
            let digest = layer.descriptor.digest
            let known = ingested[digest]?.losses ?? layer.record?.losses ?? [:]
            let losses = known.merging(later(RepositoryLayout.layerRoot(digest))) { max($0, $1) }
            guard !losses.isEmpty else { return nil }
            return "layer \(layer.descriptor.digest): \(LayerLoss.text(losses))"
        }
        return lines.isEmpty ? nil : lines.joined(separator: "; ")
    }

    /// Everything that the image's revision changes.
    func edits(overwriting: Bool) throws -> [TreeEdit] {
        var edits = plan.missing.map {
            TreeEdit(RepositoryLayout.layerRoot($0.descriptor.digest), .attach(replacing: overwriting))
        }
        edits += try plan.missing.map(record)
        let folder = try RepositoryLayout.image(plan.image.source)
        func add(_ file: RepositoryLayout.ImageFile, _ bytes: [UInt8], isDecisive: Bool = true) {
            edits.append(TreeEdit(file.path(in: folder), .file(bytes), isDecisive: isDecisive))
        }
        add(.manifest, plan.image.raw.bytes)
        if let index = plan.image.index { add(.index, index.bytes) }
        // The time in it changes with every attempt: alone it is no reason for a revision.
        add(.provenance, try provenance.encoded(), isDecisive: false)
        let former = RepositoryLayout.formerImage(plan.image.source)
        edits += RepositoryLayout.ImageFile.allCases.map {
            TreeEdit($0.path(in: former), .remove, isDecisive: false)
        }
        return edits
    }

    /// What has to be there afterwards: the layers, whoever published them.
    var required: [BytePath] { plan.layers.map { RepositoryLayout.layerRoot($0.descriptor.digest) } }

    private func record(of layer: Plan.Layer) throws -> TreeEdit {
        let digest = layer.descriptor.digest
        guard let result = ingested[digest] else { throw ConversionError("layer \(digest) was not ingested") }
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

    private var provenance: Provenance {
        var notes: [String: [String: Int]] = [:]
        for layer in plan.layers {
            let digest = layer.descriptor.digest
            let found = ingested[digest]?.notes ?? layer.record?.notes ?? [:]
            if !found.isEmpty { notes[digest.description] = found }
        }
        return Provenance(
            source: plan.image.source.description,
            referenceDigest: plan.image.referenceDigest.description,
            manifestDigest: plan.image.manifestDigest.description,
            configDigest: plan.image.manifest.config.digest.description,
            platform: plan.image.platform.description,
            converted: time.formatted(.iso8601),
            writer: WaferVersion.name,
            notes: notes
        )
    }
}
