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
