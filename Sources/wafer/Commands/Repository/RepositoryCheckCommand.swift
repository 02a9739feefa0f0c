import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing

/// Checks everything that a repository publishes and stores.
struct RepositoryCheckCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check catalogs, signatures and the hash of every object.",
        usage: "wafer repository check <fqrn> [--quick] [--format <form>]",
        discussion: """
            Exit status 1 and a line for each fault where it is not sound.

            EXAMPLE:
              wafer repository check cd.cern.ch
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Flag(help: "Of the objects with content, look only whether they are there.")
    var quick = false

    @Flag(help: "Excuse a reference log that is ahead of the manifest, as after a crash.")
    var reflogMayBeAhead = false

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let (_, opened) = try await argument.openAny(global)
        let repository = opened.reader
        let (depth, mayBeAhead) = (quick ? CheckDepth.structure : .content, reflogMayBeAhead)
        let report = try await onDedicatedThread("check \(repository.fqrn)") {
            try RepositoryCheck(
                store: repository.store,
                fqrn: repository.fqrn,
                masterKeys: try repository.masterKeys(),
                blacklist: try repository.blacklist(),
                options: CheckOptions(
                    depth,
                    reflogMayBeAhead: mayBeAhead,
                    reflogChecksum: try opened.writable?.reflogChecksum()
                ),
                now: Date()
            ).run()
        }
        switch format {
        case .text: try StandardOutput.write(text(report))
        case .json: try StandardOutput.line(json(report).text())
        }
        if !report.isSound { throw ExitStatus.nothingDone }
    }

    private func text(_ report: CheckReport) -> String {
        let looked = [
            Counted.text(report.catalogs, "catalog"), Counted.text(report.entries, "entry", "entries"),
            Counted.text(report.objects, "object"),
        ].joined(separator: ", ")
        if report.isSound { return "\(argument.fqrn) is sound: \(looked)\n" }
        let lines = report.faults.map { Cell.text($0.description).field + "\n" }
        let more = report.omittedFaults > 0 ? "and \(report.omittedFaults) more\n" : ""
        let count = report.faults.count + report.omittedFaults
        return "\(lines.joined())\(more)\(argument.fqrn) has \(Counted.text(count, "fault")): \(looked)\n"
    }

    private func json(_ report: CheckReport) -> JSONValue {
        let faults = report.faults.map { fault in
            JSONValue.object([
                "path": .string(fault.path), "rule": .string(fault.rule.rawValue), "text": .string(fault.text),
            ])
        }
        return .object([
            "catalogs": .integer(Int64(report.catalogs)),
            "entries": .integer(report.entries),
            "faults": .array(faults),
            "fqrn": .string(argument.fqrn),
            "objects": .integer(Int64(report.objects)),
            "omitted_faults": .integer(Int64(report.omittedFaults)),
            "sound": .bool(report.isSound),
        ])
    }
}
