import GRDB

extension WishStore {
    /// What other desideratas of its repository want of the input of this one.
    package func formats(ofOthersThan id: Int64) async throws -> Set<OutputFormat> {
        try await connection.ask { db in
            let own = try WishStore.desiderata(id, db)
            let others = try WishStore.desideratas(
                "WHERE desiderata.cvmfs_repository = ? AND desiderata.id <> ? AND desiderata.input_image = ?",
                [own.cvmfsRepository, id, own.input.id],
                db
            )
            return Set(others.flatMap(\.formats.all))
        }
    }
}
