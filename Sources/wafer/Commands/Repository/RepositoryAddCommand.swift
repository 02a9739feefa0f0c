import ArgumentParser
import CVMFS
import Foundation
import Logging
import Plumbing
import State

/// Registers a repository that is there.
struct RepositoryAddCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Register a repository that exists.",
        usage: """
            wafer repository add <fqrn> --storage <dir> --keys <dir>
                       [--url <url>] [--compression <policy>]
            """,
        discussion: """
            What it publishes is verified first: manifest, certificate and whitelist,
            down to the master key in the keys folder. Nothing in it is changed.

            EXAMPLE:
              wafer repository add cd.cern.ch --storage /srv/cvmfs/cd.cern.ch \\
                --keys /etc/cvmfs/keys
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @OptionGroup
    var publisher: PublisherOptions

    @Option(help: ArgumentHelp("The folder with the repository's keys.", valueName: "dir"), completion: .directory)
    var keys: String

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let registration = RepositoryRegistration(
            fqrn: argument.fqrn,
            storage: publisher.storagePath,
            keys: Environment.absolute(keys),
            url: publisher.url,
            compression: publisher.compression.rawValue
        )
        let database = try await global.openDatabase()
        guard try await database.findRepository(argument.fqrn) == nil else {
            throw StateError.repositoryExists(argument.fqrn)
        }
        let repository = try await registration.open(logger: global.logger)
        let state = try await onDedicatedThread("verify \(argument.fqrn)") { try repository.published() }
        try await database.addRepository(registration)
        try await database.close()
        if let warning = WhitelistWarning.text(state.whitelist, at: Date()) { global.logger.warning("\(warning)") }
        try StandardOutput.line("registered \(argument.fqrn), revision \(state.manifest.revision)")
    }
}
