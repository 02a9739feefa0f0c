import Foundation
import State
import SystemPackage
import Testing

@Suite struct DesiderataTests {
    let folder: TemporaryFolder
    let database: StateDatabase

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
    }

    @Test func addFindListRemove() async throws {
        let first = try await database.addSample()
        #expect(first.id == 1)
        #expect(first.addedAt == Samples.now)
        #expect(first.input.isThin == false && first.output.isThin)
        await #expect(throws: StateError.desiderataExists(1)) { try await database.addSample() }
        let second = try await database.addSample("other.cern.ch")
        #expect(second.input == first.input && second.output == first.output)
        #expect(try await database.desideratas() == [first, second])
        #expect(try await database.desiderata(2) == second)
        let found = try await database.desiderata(
            input: first.input.reference,
            output: first.output.reference,
            cvmfsRepository: "other.cern.ch"
        )
        #expect(found == second)
        #expect(
            try await database.desiderata(
                input: first.output.reference,
                output: first.input.reference,
                cvmfsRepository: "cd.cern.ch"
            ) == nil
        )

        try await database.removeDesiderata(2, at: Samples.now)
        #expect(try await database.desideratas() == [first])
        #expect(try await database.images().count == 2)
        await #expect(throws: StateError.unknownDesiderata(2)) {
            try await database.removeDesiderata(2, at: Samples.now)
        }
        // A number that was on an operator's screen never means another desiderata.
        #expect(try await database.addSample("third.cern.ch").id == 3)
    }

    @Test func allOrNothing() async throws {
        let error = await #expect(throws: StateError.self) {
            try await database.addDesiderata(
                input: Samples.reference(),
                output: Samples.reference(tag: nil),
                cvmfsRepository: "cd.cern.ch",
                at: Samples.now
            )
        }
        #expect(error?.description.contains("neither a tag nor a digest") == true)
        #expect(try await database.images().isEmpty)
    }

    @Test func removingTakesTheHistoryAlong() async throws {
        let desiderata = try await database.addSample()
        _ = try await database.startConversion(of: desiderata.id, at: Samples.now)
        _ = try await database.recordFailure(of: desiderata.id, at: Samples.now)
        try await database.removeDesiderata(desiderata.id, at: Samples.now)
        #expect(try await database.conversions(of: desiderata.id).isEmpty)
        #expect(try await database.backOff(of: desiderata.id) == nil)
    }

    @Test func repositories() async throws {
        let first = RepositoryRegistration(
            fqrn: "cd.cern.ch",
            location: "/srv/cvmfs/cd.cern.ch",
            keys: "/etc/cvmfs/keys",
            compression: "balanced"
        )
        let second = RepositoryRegistration(
            fqrn: "a.cern.ch",
            location: "gw,/srv/a/data/txn,http://localhost:4929/api/v1",
            keys: "/keys",
            url: "http://localhost/cvmfs/a.cern.ch",
            publisher: "cvmfs_server",
            compression: "zlib",
            chunking: "65536",
            catalogLimits: "5000:100",
            masterKeys: "/etc/cvmfs/keys/cern.ch:/k.pub",
            serverConfig: "/etc/cvmfs/repositories.d/a.cern.ch/server.conf",
            autoTag: "3 weeks ago"
        )
        #expect(first.publisher == "native")
        try await database.addRepository(first)
        try await database.addRepository(second)
        await #expect(throws: StateError.repositoryExists("cd.cern.ch")) { try await database.addRepository(first) }
        #expect(try await database.repositories() == [second, first])
        #expect(try await database.repository("cd.cern.ch") == first)
        try await database.removeRepository("cd.cern.ch")
        #expect(try await database.findRepository("cd.cern.ch") == nil)
        let unknown = StateError.unknownRepository("cd.cern.ch")
        await #expect(throws: unknown) { try await database.repository("cd.cern.ch") }
        await #expect(throws: unknown) { try await database.removeRepository("cd.cern.ch") }
        #expect(unknown.description.contains("`wafer repository create cd.cern.ch --storage DIR`"))
    }
}
