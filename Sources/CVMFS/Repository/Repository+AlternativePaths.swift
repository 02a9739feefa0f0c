extension Repository {
    /// Gives root catalog and certificate their second names where the manifest promises them: clients of a repository
    /// with restricted access fetch these two without the rights to read `data` (docs/cvmfs-format.md §1.3, §2.1).
    func provideAlternativePaths(_ manifest: RepositoryManifest) throws {
        for (hash, kind) in manifest.alternativePaths {
            let name = RepositoryManifest.alternativePath(hash, kind)
            if try store.readTopLevel(name) == nil { try store.linkTopLevel(name, to: hash, kind) }
        }
    }
}

extension RepositoryManifest {
    /// The objects that have a second name, none for most repositories.
    var alternativePaths: [(hash: ContentHash, kind: ObjectKind)] {
        guard hasAlternativePaths else { return [] }
        return [(root.hash, .catalog)] + (certificate.map { [($0, .certificate)] } ?? [])
    }

    /// The second name at the top level of the storage.
    static func alternativePath(_ hash: ContentHash, _ kind: ObjectKind) -> String {
        ".cvmfsalt-\(hash)\(kind.letter)"
    }
}
