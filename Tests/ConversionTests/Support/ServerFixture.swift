import CVMFS
import Conversion
import Foundation
import Layers
import Logging
import Plumbing
import StockServer
import SystemPackage
import TestSupport
import Testing

extension StandInServer {
    /// Runs `body` with a repository of the stand-in in a folder of its own.
    static func with(
        upstream: String = StandInServer.objectStore,
        owner: String = NSUserName(),
        more: String = "",
        _ body: (StandInServer) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let server = try await StandInServer(
                in: folder,
                fqrn: ConversionFixture.fqrn,
                upstream: upstream,
                owner: owner,
                more: more
            )
            try await body(server)
        }
    }

    /// A publisher that drives it.
    func publisher(
        lockTimeout: Duration = .seconds(10),
        timeouts: ServerTimeouts = ServerTimeouts(opening: .seconds(60), publishing: .seconds(60)),
        work: ServerWork = ServerWork(),
        logger: Logger = Logger(label: "test")
    ) throws -> ServerPublisher {
        ServerPublisher(
            try ServerRepository.read(fqrn, from: configuration),
            views: ServerPublisher.Views(storage: nil),
            access: ServerAccess(
                command: ServerCommand(words: [program.string], grace: .seconds(2), work: work, logger: logger),
                workspace: workspace
            ),
            context: WriteContext(lockTimeout: lockTimeout),
            timeouts: timeouts,
            logger: logger
        )
    }

    /// Publishes a file in a transaction of its own.
    @discardableResult
    func publishFile(
        _ publisher: ServerPublisher? = nil,
        _ name: String = "f",
        _ text: String = "text\n"
    ) async throws -> CommitOutcome {
        let file = TreeEdit(try BytePath(name), .file(Array(text.utf8)))
        return try await (publisher ?? self.publisher()).withSession { try await $0.commit([file], requiring: []) }
    }

    /// What is told where `cvmfs_server transaction` fails with this line.
    func explanation(of line: String) async throws -> String {
        try breakOnce("transaction fail \(line)")
        let error = await #expect(throws: StockServerError.self) { try await publishFile() }
        return try #require(error).description
    }

    /// Publishes an archive with a few files.
    func publishTree(_ publisher: ServerPublisher? = nil, replacing: Bool = false) async throws -> CommitOutcome {
        let bytes = TarBuilder.archive { tar in
            for name in ["a", "b", "c", "d"] { tar.file(RawBytes(stringLiteral: name), "content\n") }
        }
        return try await publish(bytes, publisher, replacing: replacing)
    }

    /// Publishes an archive.
    func publish(
        _ bytes: [UInt8],
        _ publisher: ServerPublisher? = nil,
        at path: String = "tree",
        replacing: Bool = false
    ) async throws -> CommitOutcome {
        let archive = folder.appending("\(UUID().uuidString).tar")
        try Data(bytes).write(to: URL(filePath: archive.string))
        let file = try FileDescriptor.open(archive, .readOnly)
        defer { try? file.close() }
        let ingestion = TarIngestion(try publisher ?? self.publisher(), limits: LayerLimits())
        return try await ingestion.ingest(file, at: BytePath(path), replacing: replacing).outcome
    }

    /// The names in a published folder.
    func names(_ path: String = "") throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: published.pushing(FilePath(path)).string))
    }

    /// Records where anything is left of a transaction.
    func expectClosed(sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(!isInTransaction, sourceLocation: sourceLocation)
        #expect(!FileManager.default.fileExists(atPath: mark.string), sourceLocation: sourceLocation)
        let folder = workspace.appending("layers").string
        guard FileManager.default.fileExists(atPath: folder) else { return }
        let layers = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(layers.isEmpty, sourceLocation: sourceLocation)
    }
}
