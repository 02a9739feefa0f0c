import ArgumentParser
import CVMFS
import Foundation
import Logging
import Plumbing
import State
import SystemPackage

/// Registers a repository that `cvmfs_server` manages.
struct RepositoryAttachCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Register a repository that cvmfs_server manages, to publish beside it.",
        usage: """
            wafer repository attach <fqrn> [--config-dir <dir>] [--keys <dir>]
                       [--compression <policy>]
            """,
        discussion: """
            Reads server.conf of the repository, without running it, now and each time
            the repository is opened: storage, spool folder, owner, sizes of chunks
            and catalogs, TTL, garbage collection and automatic tags. Local
            storage only, neither S3 nor a gateway. Run it as the repository's owner.

            Wafer and cvmfs_server then exclude each other by cvmfs_server's own locks,
            and each goes on from what the other published. While a transaction of
            cvmfs_server is open Wafer waits, up to --lock-timeout, and then refuses.
            What is registered already is registered anew.

            --compression zlib stores the same objects as cvmfs_server: content that
            both publish is stored once, but it takes longer.

            EXAMPLE:
              wafer repository attach cd.cern.ch
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Option(
        help: ArgumentHelp("The folder that has FQRN/server.conf.", valueName: "dir"),
        completion: .directory
    )
    var configDir = ServerConfiguration.defaultFolder.string

    @Option(
        help: ArgumentHelp("The folder with the repository's keys. Default: /etc/cvmfs/keys.", valueName: "dir"),
        completion: .directory
    )
    var keys: String?

    @Option(help: ArgumentHelp("How hard new objects are compressed.", valueName: "policy"))
    var compression = CompressionPolicy.balanced

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let (fqrn, logger) = (argument.fqrn, global.logger)
        let folder = Environment.absolute(configDir)
        let configuration = try await onDedicatedThread("read the configuration of \(fqrn)") {
            try ServerConfiguration.read(fqrn, in: folder)
        }
        let registration = RepositoryRegistration(
            fqrn: fqrn,
            storage: configuration.storage,
            keys: keys.map(Environment.absolute) ?? configuration.keys,
            url: configuration.url,
            compression: compression.rawValue,
            serverConfig: configuration.file
        )
        let database = try await global.openDatabase()
        let repository = try await registration.open(logger: logger)
        let state = try await onDedicatedThread("verify \(fqrn)") {
            try repository.checkPermission()
            return try repository.published()
        }
        try await database.replaceRepository(registration)
        try await database.close()
        if let warning = WhitelistWarning.text(state.whitelist, at: Date()) { logger.warning("\(warning)") }
        try StandardOutput.line(
            "attached \(fqrn), revision \(state.manifest.revision), managed by cvmfs_server (\(configuration.file))"
        )
    }
}
