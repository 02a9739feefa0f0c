import CVMFS
import Foundation
import Logging
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// What every place does where prepared objects become a revision.
@Suite("Contract of what makes revisions")
struct RevisionSinkContractTests {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case local, memory, managed

        var testDescription: String { rawValue }
    }

    /// Runs `body` with a repository of a kind that has one layer.
    private func with(_ kind: Kind, _ body: (Repository, any ObjectReader) throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            if kind == .managed {
                let managed = try ManagedRepository(in: folder)
                return try body(managed.repository, managed.repository.reader.store)
            }
            let native = try NativeRepository(in: folder)
            if kind == .local { return try body(native.repository, native.repository.reader.store) }
            let store = try MemoryObjectStore(folder: native.storage)
            let repository = Repository(
                reader: RepositoryReader(
                    fqrn: NativeRepository.fqrn,
                    store: store,
                    keys: native.keys,
                    logger: Logger(label: "test")
                ),
                storage: store,
                workspace: RepositoryWorkspace(storage: native.storage)
            )
            try body(repository, store)
        }
    }

    /// A new manifest that names the same root, and tags with one more.
    private func next(_ revision: any OpenRevision, tag: String, _ reader: any ObjectReader) throws
        -> (RepositoryManifest, History)
    {
        let manifest = revision.base.manifest
        let history = try History(bytes: reader.loadInflated(try #require(manifest.history), .history))
        try history.put(
            History.Tag(name: tag, root: manifest.root, revision: manifest.revision, timestamp: revision.time)
        )
        return (manifest, history)
    }

    private func begin(
        _ repository: Repository,
        _ preparation: Preparation,
        now: Date = Date(),
        timeout: Duration = .seconds(5)
    ) throws -> any OpenRevision {
        let context = WriteContext(lockTimeout: timeout, clock: { now })
        return try repository.sink.begin(preparation, purpose: "testing", context)
    }

    private func prepare(_ repository: Repository) throws -> Preparation {
        try repository.prepare(.test)
    }

    @Test("what is submitted and published is what clients see, verified and complete", arguments: Kind.allCases)
    func publish(kind: Kind) async throws {
        try await with(kind) { repository, reader in
            let preparation = try prepare(repository)
            let revision = try begin(repository, preparation)
            #expect(try revision.base.manifest == repository.reader.published().manifest)
            let (manifest, tags) = try next(revision, tag: "v1", reader)
            try revision.submit(manifest, tags)
            let published = try revision.publish()
            try preparation.end()
            #expect(try repository.reader.published().manifest == published)
            #expect(published.published == revision.time)
            #expect(try repository.reader.tags().map(\.name).contains("v1"))
            let report = try RepositoryCheck(
                store: reader,
                fqrn: repository.fqrn,
                masterKeys: try repository.reader.masterKeys(),
                options: CheckOptions(.content, threads: 1),
                now: Date()
            ).run()
            #expect(report.faults.map(\.description) == [])
        }
    }

    @Test("what is only submitted, or only begun, changes nothing that is published", arguments: Kind.allCases)
    func dropped(kind: Kind) async throws {
        try await with(kind) { repository, reader in
            let before = try reader.readTopLevel(".cvmfspublished")
            for submits in [false, true] {
                let preparation = try prepare(repository)
                do {
                    let revision = try begin(repository, preparation)
                    let (manifest, tags) = try next(revision, tag: "v1", reader)
                    if submits { try revision.submit(manifest, tags) }
                }
                try preparation.end()
                #expect(try reader.readTopLevel(".cvmfspublished") == before)
            }
            // The next one can begin.
            let preparation = try prepare(repository)
            _ = try begin(repository, preparation, timeout: .zero)
            try preparation.end()
        }
    }

    @Test("nothing is published that was not submitted", arguments: Kind.allCases)
    func unsubmitted(kind: Kind) async throws {
        try await with(kind) { repository, reader in
            let before = try reader.readTopLevel(".cvmfspublished")
            let preparation = try prepare(repository)
            let revision = try begin(repository, preparation)
            let error = #expect(throws: CVMFSError.self) { try revision.publish() }
            #expect(error?.code == .refused)
            let (manifest, tags) = try next(revision, tag: "v1", reader)
            try revision.submit(manifest, tags)
            _ = try revision.publish()
            // What was published is not submitted any more.
            let again = #expect(throws: CVMFSError.self) { try revision.publish() }
            #expect(again?.code == .refused)
            #expect(try reader.readTopLevel(".cvmfspublished") != before)
            try preparation.end()
        }
    }

    @Test("a second revision waits for the first, and names it when it gives up", arguments: Kind.allCases)
    func exclusive(kind: Kind) async throws {
        try await with(kind) { repository, _ in
            let preparation = try prepare(repository)
            let revision = try begin(repository, preparation)
            let error = #expect(throws: CVMFSError.self) {
                try begin(repository, preparation, timeout: .milliseconds(50))
            }
            #expect(error?.code == .busy)
            #expect(error?.description.contains("(testing)") == true)
            withExtendedLifetime(revision) {}
            try preparation.end()
        }
    }

    @Test("a revision is never older than the one before", arguments: Kind.allCases)
    func time(kind: Kind) async throws {
        try await with(kind) { repository, _ in
            let preparation = try prepare(repository)
            let published = try repository.reader.published().manifest.published
            let past = try begin(repository, preparation, now: Date(timeIntervalSince1970: 1_700_000_000))
            #expect(past.time == published)
            try preparation.end()
        }
    }

    @Test("what could not be signed is not begun", arguments: Kind.allCases)
    func expired(kind: Kind) async throws {
        try await with(kind) { repository, _ in
            let preparation = try prepare(repository)
            let later = Date(timeIntervalSinceNow: 31 * 86_400)
            let error = #expect(throws: CVMFSError.self) { try begin(repository, preparation, now: later) }
            #expect(error?.code == .notTrusted)
            try preparation.end()
        }
    }

    @Test("a wish to stop ends the waiting", arguments: Kind.allCases)
    func cancelled(kind: Kind) async throws {
        struct Stop: Error {}
        try await with(kind) { repository, _ in
            let preparation = try prepare(repository)
            let revision = try begin(repository, preparation)
            #expect(throws: Stop.self) {
                let context = WriteContext(lockTimeout: .seconds(60), checkCancelled: { throw Stop() })
                return try repository.sink.begin(preparation, purpose: "testing", context)
            }
            withExtendedLifetime(revision) {}
            try preparation.end()
        }
    }
}
