import CVMFS
import OCI
import Plumbing

/// Looks whether podman's store has an image as podman reads it.
struct PodmanVerification {
    let tree: CatalogTree
    /// The id of the image: its configuration's digest.
    let id: String

    /// One line for each fault. Where nobody wants the image there, `isWanted` is false and it may be missing.
    func differences(named names: [String], isWanted: Bool) throws -> [String] {
        let entry = try entry()
        guard try isWanted || entry != nil || tree.entry(at: PodmanStore.folder(image: id)) != nil else { return [] }
        var differences = try PodmanStoreCheck(PodmanStoreReader(tree)).faults(of: [id]).map(\.description)
        if isWanted, let entry {
            for name in names where !entry.names.contains(name) {
                differences.append("\(PodmanStore.images.absolute) does not give the name \(name) to the image \(id)")
            }
        }
        return differences
    }

    /// Its entry; nil also where the list cannot be read, which is one of the faults.
    private func entry() throws -> PodmanList.Entry? {
        do {
            let list = try PodmanList(PodmanStoreReader(tree).bytes(PodmanStore.images), at: PodmanStore.images)
            return list.entries.first { $0.id == id }
        } catch is ConversionError {
            return nil
        }
    }
}
