import ArgumentParser
import CVMFS
import Foundation
import Plumbing

/// Renews a whitelist.
struct RepositoryResignCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "resign",
        abstract: "Renew the whitelist of a repository for 30 days.",
        usage: "wafer repository resign <fqrn>",
        discussion: """
            Needs the master key in the keys folder; where that lives elsewhere, see
            wafer repository whitelist. Clients refuse a repository whose whitelist has
            expired. wafer loop does this by itself where it can read the master key.

            EXAMPLE:
              wafer repository resign cd.cern.ch
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let repository = try await argument.open(global)
        let context = global.writing
        let end = try await onDedicatedThread("resign \(repository.fqrn)") {
            try repository.trust.resign(context)
        }
        try StandardOutput.line("the whitelist of \(repository.fqrn) is valid until \(end.formatted(.iso8601))")
    }
}
