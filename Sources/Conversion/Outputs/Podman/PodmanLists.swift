import Plumbing

/// Both lists of a ``PodmanStore``, with their locks, as podman loads them before anything else.
struct PodmanLists {
    /// The entries of `images.json`.
    let images: [PodmanList.Entry]
    /// Those of `layers.json` by their ids; podman takes the first of several.
    let layers: [String: PodmanList.Entry]
    /// All ids of images, and how often `layers.json` has each id.
    private let imageCounts: [String: Int]
    private let layerCounts: [String: Int]
    /// What takes the store from everybody.
    let faults: [PodmanStoreFault]

    init(_ reader: PodmanStoreReader) throws {
        var faults: [PodmanStoreFault] = []
        for lock in [PodmanStore.imagesLock, PodmanStore.layersLock] where try !reader.isFile(lock) {
            faults.append(PodmanStoreFault(lock, "is no regular file", .store))
        }
        func entries(_ path: BytePath, _ shape: GoShape) throws -> [PodmanList.Entry] {
            guard let bytes = try reader.bytes(path) else {
                faults.append(PodmanStoreFault(path, "is no regular file", .store))
                return []
            }
            do {
                let entries = try PodmanList(bytes, at: path).entries
                faults += Self.faults(in: entries, shape, path)
                return entries
            } catch let error as ConversionError {
                faults.append(PodmanStoreFault(path, "is not understood (\(error))", .store))
                return []
            }
        }
        images = try entries(PodmanStore.images, PodmanShapes.image)
        let layers = try entries(PodmanStore.layers, PodmanShapes.layer)
        self.layers = Dictionary(layers.map { ($0.id, $0) }) { first, _ in first }
        imageCounts = Self.counts(images)
        layerCounts = Self.counts(layers)
        self.faults = faults
    }

    /// Whether there is an image of that id.
    func hasImage(_ id: String) -> Bool { imageCounts[id] != nil }

    /// Entries that shadow each other. podman takes one of them.
    func duplicateIDs() -> [PodmanStoreFault] {
        let images = imageCounts.filter { $0.value > 1 }.map { id, count in
            PodmanStoreFault(PodmanStore.images, "has the image \(Printable.text(id)) \(count) times", .image, image: id)
        }
        return images
            + layerCounts.filter { $0.value > 1 }.map { id, count in
                PodmanStoreFault(PodmanStore.layers, "has the layer \(Printable.text(id)) \(count) times", .image)
            }
    }

    private static func counts(_ entries: [PodmanList.Entry]) -> [String: Int] {
        Dictionary(entries.map { ($0.id, 1) }, uniquingKeysWith: +)
    }

    private static func faults(
        in entries: [PodmanList.Entry],
        _ shape: GoShape,
        _ path: BytePath
    ) -> [PodmanStoreFault] {
        var faults: [PodmanStoreFault] = []
        var owners: [String: Int] = [:]
        for (number, entry) in entries.enumerated() {
            if let fault = entry.value == .null ? "is nothing" : shape.fault(in: entry.value) {
                faults.append(PodmanStoreFault(path, "has an entry that podman cannot read: [\(number)] \(fault)", .store))
            }
            for name in entry.names {
                let owner = owners.updateValue(number, forKey: name)
                guard let owner, owner != number else { continue }
                faults.append(
                    PodmanStoreFault(path, "gives the name \"\(Printable.text(name))\" to two entries", .store)
                )
            }
            faults += manifestFaults(in: entry, path)
        }
        return faults
    }

    /// Digests of manifests are read with the list.
    private static func manifestFaults(in entry: PodmanList.Entry, _ path: BytePath) -> [PodmanStoreFault] {
        guard let digests = PodmanList.member("big-data-digests", of: entry.value)?.object else { return [] }
        return digests.filter { $0.key.hasPrefix(PodmanStore.manifestName) }.sorted { $0.key < $1.key }.compactMap {
            // Nothing is no digest here.
            let isDigest = $0.value.string.map { !$0.isEmpty } == true && GoShape.digest.fault(in: $0.value) == nil
            return isDigest
                ? nil
                : PodmanStoreFault(path, "has no digest for \(Printable.text($0.key)) of \(entry.id)", .store)
        }
    }
}
