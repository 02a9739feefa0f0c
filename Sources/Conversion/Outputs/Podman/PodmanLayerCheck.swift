import OCI
import Plumbing

/// The layers of one image of a ``PodmanStore``: their entries, and what leads to their content.
struct PodmanLayerCheck {
    let lists: PodmanLists
    let reader: PodmanStoreReader
    let image: String

    private func fault(_ path: BytePath, _ problem: String, _ reach: PodmanStoreFault.Reach) -> PodmanStoreFault {
        PodmanStoreFault(path, problem, reach, image: image)
    }

    /// What is wrong with a layer, and those below it.
    func faults(ofTop layer: String?) throws -> [PodmanStoreFault] {
        guard let layer, !layer.isEmpty else {
            return [fault(PodmanStore.images, "names no layer of \(image)", .image)]
        }
        var faults: [PodmanStoreFault] = []
        var next = layer
        var seen: Set<String> = []
        while !next.isEmpty {
            guard let entry = lists.layers[next], seen.insert(next).inserted else {
                let problem = seen.contains(next) ? "has \(next) below itself" : "has no layer \(Printable.text(next))"
                return faults + [fault(PodmanStore.layers, problem, .listing)]
            }
            faults += entryFaults(entry)
            faults += try contentFaults(next)
            next = entry.text("parent") ?? ""
            let lower = PodmanStore.folder(layer: entry.id).appending(PodmanStore.path(["lower"]))
            if !next.isEmpty, try !reader.isFile(lower) { faults.append(fault(lower, "is no regular file", .image)) }
        }
        return faults
    }

    private func entryFaults(_ entry: PodmanList.Entry) -> [PodmanStoreFault] {
        guard let text = entry.text("diff-digest"), !text.isEmpty else {
            return [fault(PodmanStore.layers, "says no diff-digest of the layer \(entry.id)", .listing)]
        }
        guard let digest = try? Digest(parsing: text) else {
            return [fault(PodmanStore.layers, "says no digest as diff-digest of the layer \(entry.id)", .image)]
        }
        // podman looks for a blob among the layers first, and configurations are blobs.
        guard !lists.hasImage(digest.hex) else {
            let problem = "says the digest of an image's configuration as diff-digest of the layer \(entry.id)"
            return [fault(PodmanStore.layers, problem, .listing)]
        }
        return []
    }

    /// `link`, `diff`, and the short name that leads from the one to the other.
    private func contentFaults(_ layer: String) throws -> [PodmanStoreFault] {
        var faults: [PodmanStoreFault] = []
        let diff = PodmanStore.diff(ofLayer: layer)
        let destination = try reader.destination(diff)
        if destination?.kind != .directory {
            faults.append(fault(diff, "leads to no directory", .image))
        } else if try layer == PodmanStore.layer(ofImage: image), destination?.path.name != Array(image.utf8) {
            faults.append(fault(diff, "does not lead to the image's own tree", .image))
        }
        let link = PodmanStore.link(ofLayer: layer)
        guard let bytes = try reader.bytes(link) else { return faults + [fault(link, "is no regular file", .image)] }
        guard !bytes.isEmpty, bytes.allSatisfy({ Self.isNameByte($0) }) else {
            return faults + [fault(link, "is no name of capital letters and digits", .image)]
        }
        let name = PodmanStore.shortName(String(decoding: bytes, as: UTF8.self))
        guard case .symlink(let target) = try reader.kind(name) else {
            return faults + [fault(name, "is no link", .image)]
        }
        if PodmanStoreReader.joined(name, target) != diff {
            faults.append(fault(name, "does not lead to \(diff.absolute)", .image))
        }
        return faults
    }

    /// A newline would be a part of the name.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
    }
}
