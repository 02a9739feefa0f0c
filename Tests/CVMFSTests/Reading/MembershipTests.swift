import CVMFS
import Logging
import SystemPackage
import TestSupport
import Testing

/// Whom a repository is for.
@Suite struct MembershipTests {
    @Test func theRootCatalogNamesThem() async throws {
        try await withTemporaryFolder { folder in
            let stock = try await StockRepository(unpackedInto: folder)
            let editor = try await RepositoryEditor()
            let reader = RepositoryReader(
                fqrn: StockRepository.fqrn,
                store: editor.store,
                keys: stock.key("pub").removingLastComponent(),
                logger: Logger(label: "test")
            )
            #expect(try reader.membership() == nil)
            try await editor.editCatalog("", "INSERT INTO properties VALUES ('voms_authz', '')")
            #expect(try reader.membership() == nil)
            try await editor.editCatalog("", "UPDATE properties SET value = 'atlas:/atlas' WHERE key = 'voms_authz'")
            #expect(try reader.membership() == "atlas:/atlas")
        }
    }
}
