import OCI
import Plumbing

/// One image of a ``PodmanStore``: what its entry says, and its documents.
struct PodmanImageCheck {
    let entry: PodmanList.Entry
    let reader: PodmanStoreReader

    private func fault(_ path: BytePath, _ problem: String, _ reach: PodmanStoreFault.Reach) -> PodmanStoreFault {
        PodmanStoreFault(path, problem, reach, image: entry.id)
    }

    /// What is wrong with the entry in the list.
    func entryFaults() -> [PodmanStoreFault] {
        var faults: [PodmanStoreFault] = []
        if Hex.decode(entry.id)?.count != 32 {
            let id = Printable.text(entry.id)
            faults.append(
                fault(PodmanStore.images, "has an image with the id \"\(id)\", which is no SHA-256", .listing)
            )
        }
        for name in entry.names where !PodmanName.isNormal(name) {
            let isReference = (try? ImageReference(parsing: name)) != nil
            let problem = "has the name \"\(Printable.text(name))\" of \(entry.id), which podman does not ask for"
            faults.append(fault(PodmanStore.images, problem, isReference ? .image : .listing))
        }
        return faults
    }

    /// What is wrong with its manifest and its configuration.
    func documentFaults() throws -> [PodmanStoreFault] {
        let path = PodmanStore.data(PodmanStore.manifestName, of: entry.id)
        guard let manifest = try reader.data(path) else { return [fault(path, "is no regular file", .listing)] }
        var faults = try dataFaults(PodmanStore.manifestName, manifest, at: path)
        if let digest = entry.text("digest"), !digest.isEmpty, try !isDigest(digest, of: manifest) {
            faults.append(fault(path, "is not the \(Printable.text(digest)) that images.json says", .image))
        }
        do {
            return faults + (try configurationFaults(PodmanDocuments.configuration(ofManifest: manifest)))
        } catch let error as ConversionError {
            return faults + [fault(path, "is not understood (\(error))", .listing)]
        }
    }

    private func configurationFaults(_ digest: Digest) throws -> [PodmanStoreFault] {
        let name = digest.description
        let path = PodmanStore.data(name, of: entry.id)
        guard let bytes = try reader.data(path) else { return [fault(path, "is no regular file", .listing)] }
        guard try Digest.of(bytes, digest.algorithm) == digest else {
            return [fault(path, "is not the \(digest) that the manifest names", .listing)]
        }
        var faults = try dataFaults(name, bytes, at: path)
        do {
            _ = try PodmanDocuments.created(inConfiguration: bytes)
        } catch let error as ConversionError {
            faults.append(fault(path, "is not understood (\(error))", .listing))
        }
        return faults
    }

    /// Whether data is as the entry says, if it says something. podman takes it as it is; by its digest it is not found.
    private func dataFaults(_ name: String, _ bytes: [UInt8], at path: BytePath) throws -> [PodmanStoreFault] {
        var faults: [PodmanStoreFault] = []
        if let size = PodmanList.member("big-data-sizes", of: entry.value)?.object?[name]?.integer, size != bytes.count
        {
            faults.append(fault(path, "has \(bytes.count) bytes, not the \(size) that images.json says", .image))
        }
        let said = PodmanList.member("big-data-digests", of: entry.value)?.object?[name]?.string
        if let said, try !isDigest(said, of: bytes) {
            faults.append(fault(path, "is not the \(Printable.text(said)) that images.json says", .image))
        }
        return faults
    }

    /// What is no digest is a fault of the list.
    private func isDigest(_ text: String, of bytes: [UInt8]) throws -> Bool {
        guard let digest = try? Digest(parsing: text) else { return true }
        return try Digest.of(bytes, digest.algorithm) == digest
    }
}
