import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Plumbing
import State
import StockServer

/// Changes how a repository is written, brings what is published into the same form, and how root file systems are made.
struct RepositorySetCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change the form and the quota of a repository.",
        usage: """
            wafer repository set <fqrn> [--hard-links keep|split]
                       [--markers visible|hidden] [--names <template>]
                       [--modes readable|exact] [--mount-point <path> ...]
                       [--no-mount-points] [--setuid|--no-setuid]
                       [--quota <bytes>|none]
            """,
        discussion: """
            What is published already is brought into the form of --hard-links and
            --markers at once, as one revision; every catalog is read for that.
            Conversions under way keep the form that they began with: run the command
            again once they have ended.

            --hard-links split makes each name of a file a file of its own. Do it
            where cvmfs_server publishes, too: its publish ends in a panic when a file
            of a hard-link group is removed or changed. It is the default of attached
            repositories. Back to keep, what is split stays so until its layers are
            converted anew (wafer convert --overwrite-layers).

            --markers hidden takes .cvmfscatalog out of sight, which containers show in
            their / otherwise. It is refused for attached repositories: cvmfs_server
            would leave damage behind when it removes such a directory.

            The other settings are those of root file systems (the format flat). The
            next pass makes those anew of which something changes. --mount-point
            replaces all that were named before.

            --quota is the most that its objects may take: a conversion that would
            publish more fails before it fetches anything, and says what makes room.

            EXAMPLES:
              wafer repository set cd.cern.ch --hard-links split
              wafer repository set cd.cern.ch --quota 500GB
              wafer repository set cd.cern.ch --markers hidden
              wafer repository set cd.cern.ch --names '{repository}:{reference}'
              wafer repository set cd.cern.ch --mount-point /srv2 --mount-point /gpfs
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @OptionGroup
    var forms: FormOptions

    @OptionGroup(title: "Root File Systems")
    var trees: TreeSettingsOptions

    @Flag(help: "Make no mount points beside the usual ones.")
    var noMountPoints = false

    @Option(
        help: ArgumentHelp(
            "The most bytes that its objects may take, such as 500GB; none takes the limit away.",
            valueName: "bytes|none"
        ),
        transform: QuotaChoice.init
    )
    var quota: QuotaChoice?

    @OptionGroup
    var global: GlobalOptions

    func validate() throws {
        guard changesForms || changesTrees || quota != nil else {
            throw ValidationError(
                "nothing to set: name --hard-links, --markers or --quota, or a setting of root file systems"
            )
        }
        guard !noMountPoints || trees.mountPoints.isEmpty else {
            throw ValidationError("--no-mount-points does not go together with --mount-point")
        }
    }

    private var changesForms: Bool { forms.hardLinks != nil || forms.markers != nil }
    private var changesTrees: Bool { noMountPoints || !trees.areEmpty }

    func run() async throws {
        let database = try await global.openDatabase()
        let old = try await database.registrations.repository(argument.fqrn)
        if changesForms { try refuse(old) }
        let registration = try old.with {
            if let form = forms.hardLinks { $0.hardLinks = form.rawValue }
            if let form = forms.markers { $0.markers = form.rawValue }
            if noMountPoints { $0.trees.mountPoints = [] }
            try trees.apply(to: &$0.trees)
            if let quota { $0.quota = quota.bytes }
        }
        let publisher = changesForms ? try await global.opener.nativePublisher(registration) : nil
        // First of all: what is published meanwhile shall have the new form.
        try await database.registrations.replaceRepository(registration)
        try await database.close()
        if let publisher { try await rewrite(publisher) }
        if quota != nil { try StandardOutput.line(try await quotaLine(registration)) }
        guard changesTrees else { return }
        for line in lines(registration.trees) { try StandardOutput.line(line) }
        try StandardOutput.line(
            old.trees == registration.trees
                ? "root file systems were made like that already"
                : "the next pass makes the root file systems anew of which something changes"
        )
    }

    /// The quota as it is now, and what the objects take.
    private func quotaLine(_ registration: RepositoryRegistration) async throws -> String {
        guard let quota = registration.quota else { return "quota: none" }
        let used = try await global.opener.publisher(registration).space().used
        let text =
            used.map { "it takes \(ByteCount.text($0)) now" } ?? "what it takes cannot be counted on this machine"
        return "quota: \(ByteCount.text(quota)); \(text)"
    }

    private func rewrite(_ publisher: NativePublisher) async throws {
        let (fqrn, forms) = (argument.fqrn, forms)
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

    /// What was named, as it is now.
    private func lines(_ settings: TreeSettings) -> [String] {
        var lines: [String] = []
        if trees.names != nil { lines.append("names of images: \(settings.names)") }
        if trees.modes != nil { lines.append("modes: \(settings.modes.rawValue)") }
        if noMountPoints || !trees.mountPoints.isEmpty {
            let points = settings.mountPoints.map { Printable.text($0) }.joined(separator: ", ")
            lines.append("mount points: \(points.isEmpty ? "the usual ones" : points)")
        }
        if trees.setuid != nil { lines.append("setuid bits: \(settings.keepsSetuid ? "kept" : "cleared")") }
        return lines
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
