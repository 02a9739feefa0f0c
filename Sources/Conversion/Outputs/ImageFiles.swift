import CVMFS
import Foundation
import OCI
import Registry

/// What lies under an image's name in the repository, whatever its outputs are: its manifest as it came, the index that
/// was chosen from, and where all that is from.
struct ImageFiles {
    let plan: ImagePlan
    let ingested: IngestedLayers
    let time: Date

    /// What the image's revision changes of them.
    func edits() throws -> [TreeEdit] {
        let image = plan.image
        let folder = try RepositoryLayout.image(image.source, plan.place)
        func file(_ file: RepositoryLayout.ImageFile, _ bytes: [UInt8], isDecisive: Bool = true) -> TreeEdit {
            TreeEdit(file.path(in: folder), .file(bytes), isDecisive: isDecisive)
        }
        var edits = [file(.manifest, image.raw.bytes)]
        if let index = image.index, plan.place.isFirst { edits.append(file(.index, index.bytes)) }
        // The time in it changes with every attempt: alone it is no reason for a revision.
        edits.append(file(.provenance, try provenance.encoded(), isDecisive: false))
        return edits + formerFiles()
    }

    /// Where earlier versions wrote them.
    private func formerFiles() -> [TreeEdit] {
        guard plan.place.isFirst else { return [] }
        let folder = RepositoryLayout.formerImage(plan.image.source)
        return RepositoryLayout.ImageFile.allCases.map { TreeEdit($0.path(in: folder), .remove, isDecisive: false) }
    }

    private var provenance: Provenance {
        let image = plan.image
        return Provenance(
            source: image.source.description,
            referenceDigest: image.referenceDigest.description,
            manifestDigest: image.manifestDigest.description,
            configDigest: image.manifest.config.digest.description,
            platform: image.platform.description,
            converted: time.formatted(.iso8601),
            writer: WaferVersion.name,
            notes: plan.layers.notes(ingested)
        )
    }
}
