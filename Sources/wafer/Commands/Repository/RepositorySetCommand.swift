import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing
import State
import StockServer

/// Changes how a repository is written, and brings what is published into the same form.
struct RepositorySetCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change the form in which a repository is written.",
        usage: "wafer repository set <fqrn> [--hard-links keep|split] [--markers visible|hidden]",
        discussion: """
            The setting counts for what is published from now on. What is published
            already is brought into the same form, as one revision; every catalog is
            read for that. Conversions under way keep the form that they began with:
            run the command again once they have ended.

            --hard-links split makes each name of a file a file of its own. Do it
            where cvmfs_server publishes, too: its publish ends in a panic when a file
            of a hard-link group is removed or changed. It is the default of attached
            repositories. Back to keep, what is split stays so until its layers are
            converted anew (wafer convert --overwrite-layers).

            --markers hidden takes .cvmfscatalog out of sight, which containers show in
            their / otherwise. It is refused for attached repositories: cvmfs_server
            would leave damage behind when it removes such a directory.

            EXAMPLES:
              wafer repository set cd.cern.ch --hard-links split
              wafer repository set cd.cern.ch --markers hidden
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @OptionGroup
    var forms: FormOptions

    @OptionGroup
    var global: GlobalOptions

    func validate() throws {
        if forms.hardLinks == nil, forms.markers == nil {
            throw ValidationError("nothing to set: name --hard-links or --markers")
        }
    }

    func run() async throws {
        let (fqrn, forms) = (argument.fqrn, forms)
        let database = try await global.openDatabase()
        let old = try await database.registrations.repository(fqrn)
        try refuse(old)
        let registration = old.with {
            if let form = forms.hardLinks { $0.hardLinks = form.rawValue }
            if let form = forms.markers { $0.markers = form.rawValue }
        }
        let publisher = try await global.opener.nativePublisher(registration)
        // First of all: what is published meanwhile shall have the new form.
        try await database.registrations.replaceRepository(registration)
        try await database.close()
        let (rows, outcome) = try await Interruption.cancelling(global.logger, ServerWork()) {
            try await publisher.rewrite(hardLinks: forms.hardLinks, markers: forms.markers)
        }
        for line in Self.lines(rows, forms) { try StandardOutput.line(line) }
        try StandardOutput.line("\(fqrn), revision \(outcome.revision)")
    }

    private func refuse(_ registration: RepositoryRegistration) throws {
        guard !registration.isWrittenByServer else {
            throw StateError.invalidValue(
                "\(registration.fqrn) is written by cvmfs_server, which splits hard links and shows markers always. What "
                    + "Wafer itself wrote there can be changed by its owner, after `wafer repository attach "
                    + "\(registration.fqrn) --publisher native`"
            )
        }
        guard registration.serverConfig == nil || forms.markers != .hidden else {
            throw StateError.invalidValue(
                "\(registration.fqrn) is managed by cvmfs_server, which would leave damage behind when it removes a "
                    + "directory with a hidden marker: markers stay visible there"
            )
        }
    }

    private static func lines(_ rows: RewrittenRows, _ forms: FormOptions) -> [String] {
        var lines: [String] = []
        if let form = forms.hardLinks {
            let names = rows.splitNames.values.reduce(0, +)
            let text = form == .keep ? "" : ", \(Counted.text(names, "name")) split"
            lines.append("hard links: \(form.rawValue)\(text)")
        }
        if let form = forms.markers {
            lines.append("markers: \(form.rawValue), \(Counted.text(rows.markers, "marker")) changed")
        }
        return lines
    }
}
