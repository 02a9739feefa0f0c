import GRDB

/// Which formats others want of what a desiderata is made of.
package struct OtherWishes: Sendable, Equatable {
    /// Of the same input, in the same repository.
    package let ofInput: Set<OutputFormat>
    /// Of an image with one of the same configurations, in the same repository.
    package let ofImage: Set<OutputFormat>

    /// Formats by what they are wanted of.
    package init(ofInput: Set<OutputFormat> = [], ofImage: Set<OutputFormat> = []) {
        self.ofInput = ofInput
        self.ofImage = ofImage
    }
}

extension WishStore {
    /// What other desideratas of its repository want of the same input, and of images with these digests of
    /// configurations as far as they were ever published for them.
    package func others(than id: Int64, configurations: [String]) async throws -> OtherWishes {
        try await connection.ask { db in
            let own = try WishStore.desiderata(id, db)
            let others = try WishStore.desideratas(
                "WHERE desiderata.cvmfs_repository = ? AND desiderata.id <> ? AND desiderata.input_image = ?",
                [own.cvmfsRepository, id, own.input.id],
                db
            )
            var ofImage = others.flatMap(\.formats.all)
            for digest in configurations {
                ofImage += try WishStore.desideratas(
                    """
                    WHERE desiderata.cvmfs_repository = ? AND desiderata.id <> ? AND EXISTS (
                        SELECT 1 FROM conversion WHERE conversion.desiderata = desiderata.id
                          AND conversion.config_digest = ? AND conversion.revision IS NOT NULL)
                    """,
                    [own.cvmfsRepository, id, digest],
                    db
                ).flatMap(\.formats.all)
            }
            return OtherWishes(ofInput: Set(others.flatMap(\.formats.all)), ofImage: Set(ofImage))
        }
    }
}
