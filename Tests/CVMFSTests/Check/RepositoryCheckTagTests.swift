import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite("Checking revisions that tags name")
struct RepositoryCheckTagTests {
    @Test("a tagged revision that lacks a catalog or content is found where tags are checked")
    func taggedRevisions() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [11]], at: "a/layer")
            try new.repository.tags.add("release", description: "", .test)
            try new.publish(["f": [12]], at: "a/layer")
            func faults(tags: Bool) throws -> [CheckFault] {
                let reader = new.repository.reader
                return try RepositoryCheck(
                    store: reader.store,
                    fqrn: reader.fqrn,
                    masterKeys: try reader.masterKeys(),
                    options: CheckOptions(.content, tags: tags),
                    now: Date()
                ).run().faults
            }
            #expect(try faults(tags: true) == [])
            let tag = try #require(try new.repository.reader.tags().first { $0.name == "release" })
            let root = try Catalog(bytes: try new.repository.reader.store.loadInflated(tag.root.hash, .catalog))
            let nested = try #require(try root.nestedCatalogs().first?.reference.hash)
            try FileManager.default.removeItem(atPath: new.storage.appending(nested.objectPath(.catalog)).string)
            #expect(try faults(tags: false) == [])
            let found = try faults(tags: true)
            #expect(found.contains { $0.text.hasSuffix("in the revision of the tag release") }, "\(found)")
        }
    }
}
