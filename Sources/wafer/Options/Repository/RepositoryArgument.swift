import ArgumentParser
import CVMFS
import Conversion
import Logging
import State
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

    /// What changes the registered repository.
    func openPublisher(_ global: GlobalOptions) async throws -> any Publisher {
        try await global.opener.publisher(try await registration(global))
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
    var opener: RepositoryOpener { opener(network: nil) }

    /// The same with what a command says of the network, and with another patience and another log where they are given.
    func opener(
        network: NetworkOptions?,
        lockTimeout: Duration? = nil,
        logger: Logger? = nil
    ) -> RepositoryOpener {
        let words = Environment.value("CVMFS_SERVER")?.split(separator: " ").map(String.init) ?? []
        return RepositoryOpener(
            lockTimeout: lockTimeout ?? lockPatience,
            server: ServerAccess.Environment(
                words: words.isEmpty ? ["cvmfs_server"] : words,
                home: Environment.value("HOME").map { FilePath($0) }
            ),
            network: { try (network ?? NetworkOptions.parse([])).settings() },
            logger: logger ?? self.logger
        )
    }
}

extension PublisherKind: ExpressibleByArgument {}
