import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Logging
import Plumbing
import State
import StockServer
import SystemPackage

/// Registers a repository that `cvmfs_server` manages.
struct RepositoryAttachCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Register a repository that cvmfs_server manages, to publish beside it.",
        usage: """
            wafer repository attach <fqrn> [--publisher native|cvmfs_server]
                       [--config-dir <dir>] [--keys <dir>] [--compression <policy>]
                       [--hard-links keep|split]
            """,
        discussion: """
            Reads server.conf of the repository, without running it, now and each time
            the repository is opened: storage, spool folder, owner, sizes of chunks
            and catalogs, TTL, garbage collection and automatic tags.

            --publisher native writes the repository itself: local storage only, as
            its owner, one revision per image. --publisher cvmfs_server runs that
            program, for its hooks, for S3, a gateway, or as another user by sudo -n;
            two transactions per image, and extended attributes, opaque directories
            and hard links are not stored. Without the option it is native where that
            can write the storage; which one, and why, is printed.

            Wafer and cvmfs_server then exclude each other by cvmfs_server's own locks,
            and each goes on from what the other published. While a transaction of
            cvmfs_server is open Wafer waits, up to --lock-timeout, and then refuses.
            A repository that is registered already is registered anew. CVMFS_SERVER
            in the environment names another program, or a command line that runs it.

            --compression zlib stores the same objects as cvmfs_server: content that
            both publish is stored once, but it takes longer.

            Hard links become files of their own (--hard-links split), since cvmfs_server
            cannot remove or change hard-linked files. A warning tells of those that are
            there already, and of markers that it would not see: see wafer repository set.

            EXAMPLE:
              wafer repository attach cd.cern.ch
              wafer repository attach cd.cern.ch --publisher cvmfs_server
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

    @Option(help: ArgumentHelp("Who writes it: native or cvmfs_server.", valueName: "publisher"))
    var publisher: PublisherKind?

    @Option(help: ArgumentHelp("How hard new objects are compressed.", valueName: "policy"))
    var compression = CompressionPolicy.balanced

    @Option(help: ArgumentHelp(FormOptions.hardLinksHelp, valueName: "keep|split"))
    var hardLinks: HardLinkForm?

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let fqrn = argument.fqrn
        let folder = Environment.absolute(configDir)
        let wanted = publisher
        let (choice, server) = try await onDedicatedThread("read the configuration of \(fqrn)") {
            (try choose(wanted, of: fqrn, in: folder), try ServerRepository.read(fqrn, in: folder))
        }
        let database = try await global.openDatabase()
        let revision: UInt64
        var registration: RepositoryRegistration
        switch choice {
        case .native(let configuration):
            registration = register(configuration.storage.string, server, as: .native)
            revision = try await verifyNative(registration)
        case .server(let storage, _):
            registration = register(storage?.string ?? server.upstream, server, as: .server)
            let publisher = try await global.opener.serverPublisher(registration)
            let version = try await publisher.checkServer()
            global.logger.info("cvmfs_server is version \(version)")
            revision = try await publisher.revision()
        }
        // Nothing of these is said here: what repository set said counts on.
        if let former = try await database.registrations.findRepository(fqrn) {
            (registration.trees, registration.quota) = (former.trees, former.quota)
        }
        try await database.registrations.replaceRepository(registration)
        try await database.close()
        await warn(of: registration)
        try StandardOutput.line(
            "attached \(fqrn), revision \(revision), managed by cvmfs_server (\(server.file))\npublisher: \(choice.reason)"
        )
    }

    /// Which publisher it shall be, and why.
    private enum Choice: Sendable {
        case native(ServerConfiguration)
        /// The storage, where it is on this machine.
        case server(storage: FilePath?, reason: String)

        var reason: String {
            switch self {
            case .native: "native, Wafer itself: the storage is on this machine"
            case .server(_, let reason): "cvmfs_server, \(reason)"
            }
        }
    }

    private func choose(
        _ publisher: PublisherKind?,
        of fqrn: String,
        in folder: FilePath
    ) throws -> Choice {
        // Where it is on this machine, somebody else may still be who writes it.
        var storage: FilePath?
        do {
            // What no publisher can do is an error of its own.
            _ = try ServerRepository.read(fqrn, in: folder)
            let configuration = try ServerConfiguration.read(fqrn, in: folder)
            if publisher == .server { return .server(storage: configuration.storage, reason: "as you said") }
            if publisher == nil {
                storage = configuration.storage
                try global.opener.checkPermission(configuration)
            }
            return .native(configuration)
        } catch let error as CVMFSError where error.code == .refused && publisher != .native {
            return .server(storage: storage, reason: "since Wafer itself cannot write it: \(error)")
        }
    }

    private func register(
        _ location: String,
        _ server: ServerRepository,
        as kind: PublisherKind
    ) -> RepositoryRegistration {
        RepositoryRegistration(
            fqrn: server.fqrn,
            location: location,
            keys: keys.map(Environment.absolute) ?? server.keys,
            url: server.url,
            publisher: kind.rawValue,
            compression: compression.rawValue
        ).with {
            $0.serverConfig = server.file
            $0.hardLinks = hardLinks?.rawValue
        }
    }

    /// Tells what is there already that cvmfs_server cannot work on.
    private func warn(of registration: RepositoryRegistration) async {
        guard registration.storage.isAbsolute else { return }
        for check in await FormDoctor(registration: registration, opener: global.opener).examine()
        where check.outcome != .ok {
            let remedy = check.remedy.map { "; to do: \($0)" } ?? ""
            global.logger.warning("\(check.text)\(remedy)")
        }
    }

    private func verifyNative(_ registration: RepositoryRegistration) async throws -> UInt64 {
        let repository = try await global.opener.storage(registration)
        let state = try await onDedicatedThread("verify \(registration.fqrn)") {
            try repository.checkPermission()
            return try repository.reader.published()
        }
        if let warning = WhitelistWarning.text(state.whitelist, at: Date()) { global.logger.warning("\(warning)") }
        return state.manifest.revision
    }
}
