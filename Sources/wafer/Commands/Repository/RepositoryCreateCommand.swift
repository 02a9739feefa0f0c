import ArgumentParser
import CVMFS
import Foundation
import Plumbing
import State
import SystemPackage

/// Makes a new native repository.
struct RepositoryCreateCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a repository and register it.",
        usage: """
            wafer repository create <fqrn> --storage <dir> [--keys <dir>]
                       [--url <url>] [--compression <policy>] [--hash <hash>]
                       [--chunks <sizes>] [--catalog-entries <limits>] [--auto-tag]
                       [--hard-links keep|split] [--markers visible|hidden]
                       [--names <template>] [--modes readable|exact]
                       [--mount-point <path> ...] [--no-setuid] [--quota <bytes>]
            """,
        discussion: """
            Makes keys, certificate, whitelist and a first revision. The storage must be
            empty or not there yet, and the keys must not lie in it. Wafer keeps its
            workspace beside it, in STORAGE.wafer.

            Keep a copy of the master key elsewhere: it is needed to renew the whitelist
            every 30 days (wafer repository resign), and clients know the repository by
            it.

            The stock server imports repositories with SHA-1 only.

            EXAMPLES:
              wafer repository create cd.cern.ch --storage /srv/cvmfs/cd.cern.ch
              wafer repository create cd.cern.ch --storage /srv/cvmfs/cd.cern.ch \\
                --hash shake128 --chunks 1M:2M:4M --catalog-entries 20000
              wafer repository create cd.cern.ch --storage /srv/cvmfs/cd.cern.ch \\
                --names '{repository}:{reference}' --mount-point /srv2
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @OptionGroup
    var publisher: PublisherOptions

    @OptionGroup
    var forms: FormOptions

    @OptionGroup(title: "Root File Systems")
    var trees: TreeSettingsOptions

    @Option(
        help: ArgumentHelp("The folder for the keys. Default: wafer/keys in ~/.config.", valueName: "dir"),
        completion: .directory
    )
    var keys: String?

    @Option(help: ArgumentHelp("The hash that names the objects; it cannot be changed later.", valueName: "hash"))
    var hash = HashOption.sha1

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let fqrn = argument.fqrn
        let database = try await global.openDatabase()
        guard try await database.registrations.findRepository(fqrn) == nil else {
            throw StateError.repositoryExists(fqrn)
        }
        let registration = try RepositoryRegistration(
            fqrn: fqrn,
            location: publisher.storagePath.string,
            keys: keysFolder(),
            url: publisher.url,
            compression: publisher.compression.rawValue
        ).with {
            $0.chunking = publisher.cutting.chunks?.text
            $0.catalogLimits = publisher.cutting.catalogEntries?.text
            $0.autoTag = publisher.automaticTags
            $0.hardLinks = forms.hardLinks?.rawValue
            $0.markers = forms.markers?.rawValue
            $0.quota = publisher.quota?.bytes
            try trees.apply(to: &$0.trees)
        }
        let repository = try await create(registration)
        do {
            try await database.registrations.addRepository(registration)
        } catch {
            throw NotRegistered(registration: registration, reason: ErrorText.describe(error))
        }
        try await database.close()
        try StandardOutput.write(summary(repository, at: registration.storage))
    }

    /// The repository was made, but the database does not know it.
    private struct NotRegistered: Error, CustomStringConvertible {
        let registration: RepositoryRegistration
        let reason: String

        var description: String {
            "created \(registration.fqrn), but could not register it (\(reason)): run `wafer repository add "
                + "\(registration.fqrn) --storage \(registration.storage) --keys \(registration.keys)`"
        }
    }

    private func keysFolder() throws -> FilePath {
        guard let folder = keys.map(Environment.absolute) ?? Environment.defaultKeysFolder else {
            throw StateError.invalidValue("no place known for the keys: name a folder with --keys, or set HOME")
        }
        return folder
    }

    private func create(_ registration: RepositoryRegistration) async throws -> Repository {
        let (policy, algorithm, logger) = (publisher.compression, hash.algorithm, global.logger)
        return try await onDedicatedThread("create \(registration.fqrn)") {
            let creation = RepositoryCreation(
                fqrn: registration.fqrn,
                storage: registration.storage,
                keys: registration.keys,
                algorithm: algorithm,
                settings: PublishingSettings(compression: policy)
            )
            return try creation.run(now: Date(), logger: logger)
        }
    }

    private func summary(_ repository: Repository, at storage: FilePath) -> String {
        """
        created \(repository.fqrn), revision 1, in \(storage)
        keys: \(repository.reader.keys.root)
          \(repository.reader.keys.key.lastComponent?.string ?? "") and \(repository.reader.keys.certificate.lastComponent?.string ?? "") \
        sign revisions
          \(repository.reader.keys.masterKey.lastComponent?.string ?? "") renews the whitelist: keep a copy elsewhere
          \(repository.reader.keys.publicKey.lastComponent?.string ?? "") is for clients

        """
    }
}
