import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Logging
import Plumbing
import State
import SystemPackage

/// Registers a repository that is there.
struct RepositoryAddCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Register a repository that exists.",
        usage: """
            wafer repository add <fqrn> --storage <dir> --keys <dir>
                       [--master-keys <list>] [--url <url>] [--compression <policy>]
                       [--chunks <sizes>] [--catalog-entries <limits>] [--auto-tag]
                       [--hard-links keep|split] [--markers visible|hidden]
                       [--names <template>] [--modes readable|exact]
                       [--mount-point <path> ...] [--no-setuid] [--quota <bytes>]
            """,
        discussion: """
            What it publishes is verified first: manifest, certificate and whitelist,
            down to the master key in the keys folder. Nothing in it is changed.

            --master-keys names other public keys, of which one must have signed: files
            and folders, with colons between them; of a folder every *.pub counts. A file
            "blacklist" in the keys folder has the form of /etc/cvmfs/blacklist.

            EXAMPLES:
              wafer repository add cd.cern.ch --storage /srv/cvmfs/cd.cern.ch \\
                --keys /etc/cvmfs/keys
              wafer repository add atlas.cern.ch --storage /srv/cvmfs/atlas.cern.ch \\
                --keys /etc/cvmfs/keys --master-keys /etc/cvmfs/keys/cern.ch
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

    @Option(help: ArgumentHelp("The folder with the repository's keys.", valueName: "dir"), completion: .directory)
    var keys: String

    @Option(help: ArgumentHelp("The public master keys. Default: <fqrn>.pub in the keys folder.", valueName: "list"))
    var masterKeys: String?

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let registration = try RepositoryRegistration(
            fqrn: argument.fqrn,
            location: publisher.storagePath.string,
            keys: Environment.absolute(keys),
            url: publisher.url,
            compression: publisher.compression.rawValue
        ).with {
            $0.chunking = publisher.cutting.chunks?.text
            $0.catalogLimits = publisher.cutting.catalogEntries?.text
            $0.masterKeys = masterKeys.map { list in
                MasterKeys(paths: MasterKeys(list: list).paths.map { Environment.absolute($0.string) }).list
            }
            $0.autoTag = publisher.automaticTags
            $0.hardLinks = forms.hardLinks?.rawValue
            $0.markers = forms.markers?.rawValue
            $0.quota = publisher.quota?.bytes
            try trees.apply(to: &$0.trees)
        }
        let database = try await global.openDatabase()
        guard try await database.registrations.findRepository(argument.fqrn) == nil else {
            throw StateError.repositoryExists(argument.fqrn)
        }
        let repository = try await global.opener.storage(registration)
        let state = try await onDedicatedThread("verify \(argument.fqrn)") { try repository.reader.published() }
        try await database.registrations.addRepository(registration)
        try await database.close()
        if let warning = WhitelistWarning.text(state.whitelist, at: Date()) { global.logger.warning("\(warning)") }
        try StandardOutput.line("registered \(argument.fqrn), revision \(state.manifest.revision)")
    }
}
