import ArgumentParser
import CVMFS
import Foundation
import Plumbing

/// Says what a whitelist must list.
struct WhitelistRequestCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Print a request for the holder of the master key to sign.",
        usage: "wafer repository whitelist request <fqrn>",
        discussion: """
            The repository's name and the fingerprints of its certificates: the one in
            use, and a new one that wafer repository rotate-key made.

            EXAMPLE:
              wafer repository whitelist request cd.cern.ch >cd.request
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let repository = try await argument.openToRead(global)
        let request = try await onDedicatedThread("read \(repository.fqrn)") { try repository.whitelistRequest() }
        try StandardOutput.write(request.text)
    }
}
