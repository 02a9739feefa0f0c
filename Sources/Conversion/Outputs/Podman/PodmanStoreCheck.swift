import Plumbing

/// Reads a ``PodmanStore`` as podman does (containers/storage), and says what is wrong with it: one image that podman does not
/// read can end `podman images` for all of them, and some faults end everything (docs/podman.md).
package struct PodmanStoreCheck {
    let reader: PodmanStoreReader

    /// Of what `reader` reads.
    package init(_ reader: PodmanStoreReader) {
        self.reader = reader
    }

    /// What is wrong with any part of the store; nothing where there is none. Throws what reading throws.
    package func faults() throws -> [PodmanStoreFault] {
        guard try reader.kind(PodmanStore.root) != nil else { return [] }
        let lists = try PodmanLists(reader)
        var faults = lists.faults + lists.duplicateIDs()
        for entry in lists.images { faults += try check(entry, lists) }
        faults += try unlisted(lists)
        return Self.sorted(faults)
    }

    /// What is wrong with these images, by their ids, and what is wrong with the lists that takes the whole store from its
    /// users: what a commit has to know. Reads both lists, and of other images nothing. Throws what reading throws.
    package func faults(of images: some Sequence<String>) throws -> [PodmanStoreFault] {
        let lists = try PodmanLists(reader)
        let wanted = Set(images)
        var faults = lists.faults
        let found = lists.images.filter { wanted.contains($0.id) }
        for entry in found { faults += try check(entry, lists) }
        for id in wanted.subtracting(found.map(\.id)) {
            faults.append(PodmanStoreFault(PodmanStore.images, "has no image \(id)", .image, image: id))
        }
        return Self.sorted(faults)
    }

    /// Images that have a folder and no entry: somebody took the list away, and another began anew.
    private func unlisted(_ lists: PodmanLists) throws -> [PodmanStoreFault] {
        guard try reader.isFile(PodmanStore.images) else { return [] }
        return try reader.names(PodmanStore.imageFolders).compactMap { name in
            let id = String(decoding: name, as: UTF8.self)
            guard Hex.decode(id)?.count == 32, !lists.hasImage(id) else { return nil }
            let folder = PodmanStore.folder(image: id)
            return PodmanStoreFault(folder, "is of an image that images.json does not name", .image, image: id)
        }
    }

    private func check(_ entry: PodmanList.Entry, _ lists: PodmanLists) throws -> [PodmanStoreFault] {
        let image = PodmanImageCheck(entry: entry, reader: reader)
        var faults = image.entryFaults()
        faults += try image.documentFaults()
        faults += try PodmanLayerCheck(lists: lists, reader: reader, image: entry.id).faults(ofTop: entry.text("layer"))
        return faults
    }

    private static func sorted(_ faults: [PodmanStoreFault]) -> [PodmanStoreFault] {
        Set(faults).sorted { ($0.path, $0.problem, $0.image ?? "") < ($1.path, $1.problem, $1.image ?? "") }
    }
}
