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
        usage: "wafer repository check <fqrn> [--quick] [--tags] [--format <form>]",
        discussion: """
            Exit status 1 and a line for each fault where it is not sound. What only
            users of its images stumble over are warnings, which leave the status 0:
            names that lead nowhere, root file systems without a record, records
            without a root file system, and what podman does not read.

            The published revision is read; with --tags also every revision that a tag
            names, and that a rollback could publish again.

            EXAMPLES:
              wafer repository check cd.cern.ch
              wafer repository check cd.cern.ch --tags --quick
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Flag(help: "Of the objects with content, look only whether they are there.")
    var quick = false

    @Flag(help: "Also check the revisions that tags name.")
    var tags = false

    @Flag(help: "Excuse a reference log that is ahead of the manifest, as after a crash.")
    var reflogMayBeAhead = false

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let (_, opened) = try await argument.openAny(global)
        let repository = opened.reader
        let (depth, mayBeAhead, tags) = (quick ? CheckDepth.structure : .content, reflogMayBeAhead, tags)
        let (report, layout) = try await onDedicatedThread("check \(repository.fqrn)") {
            let report = try RepositoryCheck(
                store: repository.store,
                fqrn: repository.fqrn,
                masterKeys: try repository.masterKeys(),
                blacklist: try repository.blacklist(),
                options: CheckOptions(
                    depth,
                    reflogMayBeAhead: mayBeAhead,
                    reflogChecksum: try opened.writable?.reflogChecksum(),
                    tags: tags
                ),
                now: Date()
            ).run()
            return (report, LayoutCheck(repository).run())
        }
        switch format {
        case .text: try StandardOutput.write(text(report, layout))
        case .json: try StandardOutput.line(json(report, layout).text())
        }
        if !report.isSound { throw ExitStatus.nothingDone }
    }

    private func text(_ report: CheckReport, _ layout: LayoutReport) -> String {
        let looked = [
            Counted.text(report.catalogs, "catalog"), Counted.text(report.entries, "entry", "entries"),
            Counted.text(report.objects, "object"),
        ].joined(separator: ", ")
        let warnings =
            layout.warnings.map { "warning: \(Cell.text($0.description).field)\n" }.joined()
            + (layout.omittedWarnings > 0 ? "warning: and \(layout.omittedWarnings) more\n" : "")
        let end = layout.count > 0 ? "; \(Counted.text(layout.count, "warning"))\n" : "\n"
        if report.isSound { return "\(warnings)\(argument.fqrn) is sound: \(looked)\(end)" }
        let lines = report.faults.map { Cell.text($0.description).field + "\n" }
        let more = report.omittedFaults > 0 ? "and \(report.omittedFaults) more\n" : ""
        let count = report.faults.count + report.omittedFaults
        return
            "\(lines.joined())\(more)\(warnings)\(argument.fqrn) has \(Counted.text(count, "fault")): \(looked)\(end)"
    }

    private func json(_ report: CheckReport, _ layout: LayoutReport) -> JSONValue {
        let faults = report.faults.map { fault in
            JSONValue.object([
                "path": .string(fault.path), "rule": .string(fault.rule.rawValue), "text": .string(fault.text),
            ])
        }
        let warnings = layout.warnings.map { warning in
            JSONValue.object([
                "kind": .string(warning.kind.rawValue), "path": .string(warning.path), "text": .string(warning.text),
            ])
        }
        return .object([
            "catalogs": .integer(Int64(report.catalogs)),
            "entries": .integer(report.entries),
            "faults": .array(faults),
            "fqrn": .string(argument.fqrn),
            "objects": .integer(Int64(report.objects)),
            "omitted_faults": .integer(Int64(report.omittedFaults)),
            "omitted_warnings": .integer(Int64(layout.omittedWarnings)),
            "sound": .bool(report.isSound),
            "warnings": .array(warnings),
        ])
    }
}
