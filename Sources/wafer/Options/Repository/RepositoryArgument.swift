import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Logging
import State
import StockServer
import SystemPackage

/// The CVMFS repository that a command is about.
struct RepositoryArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The repository's fully qualified name, such as cd.cern.ch.", valueName: "fqrn")
    )
    var fqrn: String

    /// The registered repository, in its storage. Throws `StateError` where it is not registered.
    func open(_ global: GlobalOptions) async throws -> Repository {
        try await global.opener.storage(try await registration(global))
    }

    /// The registered repository, only to read it.
    func openToRead(_ global: GlobalOptions) async throws -> RepositoryReader {
        try await global.opener.reading(try await registration(global)).reader
    }

    /// The registered repository to read it, with what can be done with it here.
    func openAny(
        _ global: GlobalOptions
    ) async throws -> (registration: RepositoryRegistration, opened: OpenedRepository) {
        let registration = try await registration(global)
        return (registration, try await global.opener.reading(registration))
    }

    /// What changes the registered repository; `work` is told what it does through `cvmfs_server`.
    func openPublisher(_ global: GlobalOptions, _ work: ServerWork) async throws -> any Publisher {
        try await global.opener(work: work).publisher(try await registration(global))
    }

    /// Lets a loop look at what is wanted in the repository in its next pass: something of it may be gone.
    func wake(_ global: GlobalOptions) async throws {
        let database = try await global.openDatabase()
        try await database.wishes.wake(repository: fqrn, at: Date())
        try await database.close()
    }

    /// Where it is and who writes it.
    func registration(_ global: GlobalOptions) async throws -> RepositoryRegistration {
        let database = try await global.openDatabase()
        let registration = try await database.registrations.repository(fqrn)
        try await database.close()
        return registration
    }
}

extension GlobalOptions {
    /// What opens repositories.
    var opener: RepositoryOpener { opener() }

    /// The same with what a command says of the network, and with another time limit and another log where they are given.
    func opener(
        network: NetworkOptions? = nil,
        work: ServerWork = ServerWork(),
        lockTimeout: Duration? = nil,
        logger: Logger? = nil
    ) -> RepositoryOpener {
        let words = Environment.value("CVMFS_SERVER")?.split(separator: " ").map(String.init) ?? []
        return RepositoryOpener(
            lockTimeout: lockTimeout ?? self.lockTimeout,
            server: ServerAccess.Environment(
                words: words.isEmpty ? ["cvmfs_server"] : words,
                home: Environment.value("HOME").map { FilePath($0) }
            ),
            work: work,
            network: { try (network ?? NetworkOptions.parse([])).readSettings() },
            logger: logger ?? self.logger
        )
    }
}

extension PublisherKind: ExpressibleByArgument {}
