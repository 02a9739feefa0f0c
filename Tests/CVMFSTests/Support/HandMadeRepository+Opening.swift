import CVMFS
import Foundation
import Logging
import Plumbing
import SystemPackage
import TestSupport
import Testing

extension HandMadeRepository {
    /// The repository for the code under test.
    func open(masterKeys: MasterKeys? = nil) throws -> Repository {
        try Repository(
            fqrn: Self.fqrn,
            storage: storage,
            keys: keys,
            masterKeys: masterKeys,
            logger: Logger(label: "test")
        )
    }

    /// What our own check says, of every object.
    func ownFaults() throws -> [String] {
        let repository = try open()
        let check = RepositoryCheck(
            store: repository.reader.store,
            fqrn: Self.fqrn,
            masterKeys: try repository.reader.masterKeys(),
            options: CheckOptions(.content, threads: 1),
            now: Date()
        )
        return try check.run().faults.map(\.description)
    }

    /// Records what both checks find.
    func expectSound(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(try ownFaults() == [], sourceLocation: sourceLocation)
        #expect(try await faults() == [], sourceLocation: sourceLocation)
    }

    /// Publishes one small file.
    func write(_ path: String, in repository: Repository) throws {
        try repository.edit(.test) { transaction in
            try transaction.writeFile(BytePath(path), Array("new".utf8))
        }
    }

    /// The catalog at a path as it is published.
    func catalog(at path: String, of repository: Repository) throws -> Catalog {
        let way = try BytePath(path)
        var reference = try repository.reader.published().manifest.root
        while true {
            let catalog = try Catalog(bytes: try repository.reader.store.loadInflated(reference.hash, .catalog))
            guard let next = try catalog.nestedCatalogs().first(where: { way.starts(with: $0.path) }) else {
                return catalog
            }
            reference = next.reference
        }
    }
}

/// Runs a test with a repository of its own.
func withHandMadeRepository<T>(
    _ options: String...,
    body: (HandMadeRepository) async throws -> T
) async throws -> T {
    try await withTemporaryFolder { folder in
        try await body(HandMadeRepository(in: folder.appending("hand"), options))
    }
}
