import Plumbing

extension RepositoryCheck {
    /// The files below `data`, referenced or not: their names, and with ``CheckDepth/content`` their hashes.
    func checkStorage(_ objects: ObjectCheck, _ faults: FaultCollector) {
        guard let lister = store.lister else { return }
        _ = faults.attempt(.storage, "data") {
            try lister.forEachObject { path, _ in
                if let (hash, kind) = Self.parse(path) {
                    objects.checkUnreferenced(hash, kind)
                } else {
                    faults.add(.storage, Printable.text(path), "is not the name of an object")
                }
            }
        }
    }

    /// An object's hash and kind from its path, nil for a path that cannot be one.
    static func parse(_ path: String) -> (hash: ContentHash, kind: ObjectKind)? {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let folder = parts[1], var name = parts[2], folder.utf8.count == 2 else { return nil }
        let kind = ObjectKind.allCases.first { $0 != .file && name.hasSuffix($0.letter) } ?? .file
        name.removeLast(kind.letter.count)
        return ContentHash(folder + name).map { ($0, kind) }
    }
}
