import ArgumentParser
import CVMFS
import Foundation
import Plumbing

/// Puts a signed whitelist into its repository.
struct WhitelistInstallCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Publish a whitelist that was signed elsewhere.",
        usage: "wafer repository whitelist install <fqrn> <file|->",
        discussion: """
            It is verified first: signed by a master key that is known here, for this
            repository, valid, not older than the one that is there, and listing the
            certificate in use.

            EXAMPLE:
              wafer repository whitelist install cd.cern.ch cd.whitelist
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: ArgumentHelp("The whitelist; - is the standard input.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let repository = try await argument.open(global)
        let bytes = try await InputFile.read(file)
        let context = global.writing
        let whitelist = try await onDedicatedThread("whitelist of \(repository.fqrn)") {
            try repository.trust.installWhitelist(bytes, context)
        }
        try StandardOutput.line(
            "the whitelist of \(repository.fqrn) is valid until \(whitelist.end.formatted(.iso8601))"
        )
    }
}
