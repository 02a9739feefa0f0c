import Plumbing

/// Both lists of a ``PodmanStore``, with their locks, as podman loads them before anything else.
struct PodmanLists {
    /// The entries of `images.json`.
    let images: [PodmanList.Entry]
    /// Those of `layers.json` by their ids; podman takes the first of several.
    let layers: [String: PodmanList.Entry]
    private let imageIDs: Set<String>
    private let layerIDs: [String]
    /// What takes the store from everybody.
    let faults: [PodmanStoreFault]

    init(_ reader: PodmanStoreReader) throws {
        var faults: [PodmanStoreFault] = []
        func noFile(_ path: BytePath) throws -> PodmanStoreFault {
            let isMissing = try reader.kind(path) == nil
            return PodmanStoreFault(path, isMissing ? PodmanStoreFault.missing : "is no regular file", .store)
        }
        for lock in [PodmanStore.imagesLock, PodmanStore.layersLock] where try !reader.isFile(lock) {
            faults.append(try noFile(lock))
        }
        func entries(_ path: BytePath, _ shape: GoShape) throws -> [PodmanList.Entry] {
            guard let bytes = try reader.bytes(path) else {
                faults.append(try noFile(path))
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
        imageIDs = Set(images.map(\.id))
        layerIDs = layers.map(\.id)
        self.faults = faults
    }

    /// Whether there is an image of that id.
    func hasImage(_ id: String) -> Bool { imageIDs.contains(id) }

    /// Entries that shadow each other. podman takes one of them.
    func duplicateIDs() -> [PodmanStoreFault] {
        Self.repeated(images.map(\.id)).map { id, count in
            PodmanStoreFault(
                PodmanStore.images,
                "has the image \(Printable.text(id)) \(count) times",
                .image,
                image: id
            )
        }
            + Self.repeated(layerIDs).map { id, count in
                PodmanStoreFault(PodmanStore.layers, "has the layer \(Printable.text(id)) \(count) times", .image)
            }
    }

    private static func repeated(_ ids: [String]) -> [String: Int] {
        Dictionary(ids.map { ($0, 1) }, uniquingKeysWith: +).filter { $0.value > 1 }
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
                faults.append(
                    PodmanStoreFault(path, "has an entry that podman cannot read: [\(number)] \(fault)", .store)
                )
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
        var faults: [PodmanStoreFault] = []
        for (name, value) in digests where name.hasPrefix(PodmanStore.manifestName) {
            // Nothing is no digest here.
            if value.string?.isEmpty == false, GoShape.digest.fault(in: value) == nil { continue }
            let problem = "has no digest for \(Printable.text(name)) of \(Printable.text(entry.id))"
            faults.append(PodmanStoreFault(path, problem, .store))
        }
        return faults
    }
}
