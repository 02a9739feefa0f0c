import CVMFS
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The repository that the stock tools wrote: `repository/`, `keys/` and `layer.tar` below `root`.
struct StockRepository {
    let root: FilePath

    static let fqrn = "golden.example.org"
    /// Its whitelist is valid from 2026-11-23 to 2026-12-23.
    static let now = Date(timeIntervalSince1970: 1_795_500_000)

    var storage: FilePath { root.appending("repository") }

    init(unpackedInto folder: FilePath) async throws {
        let archive = try #require(Bundle.module.path(forResource: "Fixtures/stock-repository.tar", ofType: "gz"))
        try await Tool.run("tar", "-xzf", archive, "-C", folder.string)
        root = folder
    }

    func key(_ ending: String) -> FilePath { root.appending("keys/\(Self.fqrn).\(ending)") }

    func manifest() throws -> SignedManifest {
        try RepositoryManifest.parse(storage.appending(".cvmfspublished").contents())
    }

    func store() throws -> LocalObjectStore { try LocalObjectStore(root: storage) }

    /// Checks it as it is now.
    func check(_ depth: CheckDepth) throws -> CheckReport {
        let keys = [try PublicKey(file: key("pub"))]
        let check = RepositoryCheck(
            store: try store(),
            fqrn: Self.fqrn,
            masterKeys: keys,
            options: CheckOptions(depth),
            now: Self.now
        )
        return try check.run()
    }
}

/// Runs a test with an own copy of the stock repository.
func withStockRepository<T>(_ body: (StockRepository) async throws -> T) async throws -> T {
    try await withTemporaryFolder { try await body(StockRepository(unpackedInto: $0)) }
}
