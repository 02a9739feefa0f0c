import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Logging
import Plumbing
import State

/// Shows the published state of a repository.
struct RepositoryInfoCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show revision, size, whitelist and keys of a repository.",
        usage: "wafer repository info <fqrn> [--format <form>]",
        discussion: """
            The signatures are verified on the way. A warning tells when the whitelist
            has less than 7 days left.

            EXAMPLE:
              wafer repository info cd.cern.ch
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let (registration, repository) = try await argument.openAny(global)
        let (facts, canResign) = try await onDedicatedThread("read \(argument.fqrn)") {
            (try RepositoryFacts(repository), repository.reader.canResign)
        }
        let now = Date()
        if let warning = WhitelistWarning.text(facts.state.whitelist, at: now) { global.logger.warning("\(warning)") }
        let details = Details(fields: facts.fields(registration, canResign: canResign))
        switch format {
        case .text: try StandardOutput.write(details.text)
        case .json: try StandardOutput.line(details.json.text())
        }
    }
}
