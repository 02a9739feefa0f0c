extension RepositoryReader {
    /// What a garbage collection of others that keeps the same revisions would remove: read, and nothing is changed.
    ///
    /// `reflogChecksum` is the hash of the reference log where others say it than the manifest. Throws as
    /// ``GarbageCollection/run()`` does, and blocks.
    package func planCollection(
        _ policy: CollectionPolicy,
        _ context: WriteContext,
        reflogChecksum: ContentHash?,
        report: @escaping @Sendable (CollectionProgress) -> Void = { _ in }
    ) throws -> CollectionReport {
        try CollectionSearch(self, policy, context, in: nil, report: report).run(reflogChecksum: reflogChecksum)
    }
}
