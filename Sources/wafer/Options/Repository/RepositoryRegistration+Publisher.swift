import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Glibc
import Logging
import Plumbing
import State
import StockServer
import SystemPackage

extension PublisherKind: ExpressibleByArgument {}

extension RepositoryRegistration {
    /// How new objects are compressed, where that is Wafer's to say.
    var usedCompression: String? { publisher == PublisherKind.server.rawValue ? nil : compression }

    /// What publishes to it. Throws `StateError` where that is not known to this version.
    func openPublisher(_ global: GlobalOptions) async throws -> any Publisher {
        try await openPublisher(lockTimeout: global.lockPatience, logger: global.logger)
    }

    /// The same with the options that it needs.
    func openPublisher(lockTimeout: Duration, logger: Logger) async throws -> any Publisher {
        guard let kind = PublisherKind(rawValue: publisher) else {
            throw StateError.invalidValue(
                "repository \(fqrn) is written by \(publisher), which this version does not know"
            )
        }
        switch kind {
        case .native:
            return NativePublisher(try await open(logger: logger), lockTimeout: lockTimeout)
        case .server:
            return try await openServerPublisher(lockTimeout: lockTimeout, logger: logger)
        }
    }

    /// The one that drives `cvmfs_server`.
    func openServerPublisher(lockTimeout: Duration, logger: Logger) async throws -> ServerPublisher {
        guard let serverConfig else {
            throw StateError.invalidValue(
                "repository \(fqrn) is registered without its server.conf: run `wafer repository attach \(fqrn)` again"
            )
        }
        let repository = try await onDedicatedThread("read the configuration of \(fqrn)") {
            try ServerRepository.read(fqrn, from: serverConfig)
        }
        let storage: Repository?
        var web: Repository?
        do {
            storage = try await open(logger: logger)
        } catch let error as CVMFSError where error.code == .refused {
            logger.debug("\(fqrn) is read in its mount", metadata: ["reason": "\(error)"])
            storage = nil
            if let url = repository.url, url.hasPrefix("http") {
                web = try seen(at: url, repository, because: error, logger: logger)
            }
        }
        let access = try ServerAccess(repository)
        return ServerPublisher(
            repository,
            storage: storage,
            web: web,
            command: access.command(logger: logger),
            workspace: access.workspace,
            lockTimeout: lockTimeout,
            logger: logger
        )
    }
}
