import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Glibc
import Logging
import Plumbing
import SystemPackage

/// Writes a subtree as a tar archive or into a directory.
struct RepositoryExportCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a subtree as a tar archive, or into a directory.",
        usage: "wafer repository export <fqrn> <path> <dir|-> [--setuid] [--devices]",
        discussion: """
            - writes a tar archive to the standard output: the same subtree gives the
            same bytes. A directory must be empty or not exist; modes, times, extended
            attributes and hard links are kept, owners where root runs this. Nothing in
            the repository can lead out of it. Setuid and setgid bits, capabilities and
            devices are written only on request; else they are counted.

            Every object is compared with its hash on the way. An export that fails
            ends with status 1: the archive has no end then, and the directory is
            incomplete. The markers of nested catalogs are left out.

            EXAMPLES:
              wafer repository export cd.cern.ch /tool/1.2 - | gzip >tool.tar.gz
              wafer repository export cd.cern.ch /tool/1.2 /opt/tool
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: "A path in the repository.")
    var path: String

    @Argument(
        help: ArgumentHelp("An empty or new directory; - is a tar archive on the standard output.", valueName: "dir"),
        completion: .directory
    )
    var target: String

    @Flag(help: "Write setuid and setgid bits and file capabilities into the directory.")
    var setuid = false

    @Flag(help: "Make device nodes in the directory, overlayfs's whiteouts among them.")
    var devices = false

    @OptionGroup
    var global: GlobalOptions

    func validate() throws {
        if target == "-", setuid || devices {
            throw ValidationError("An archive has all bits and devices: --setuid and --devices are for directories.")
        }
    }

    func run() async throws {
        let path = try RawArguments.path(path)
        if target == "-", isatty(STDOUT_FILENO) == 1 {
            throw ConversionError("an archive is nothing for a terminal: name a directory, or send it into a pipe")
        }
        let repository = try await argument.openToRead(global)
        let (target, setuid, devices) = (target, setuid, devices)
        let start = ContinuousClock.now
        let summary = try await onDedicatedThread("export from \(repository.fqrn)") {
            let tree = try repository.tree()
            let path = try tree.following(path)
            guard try tree.entry(at: path) != nil else {
                throw CVMFSError(.notFound, "\(path.absolute) does not exist in the repository")
            }
            let export = SubtreeExport(path, of: tree)
            if target == "-" { return try export.run(into: TarTarget { try StandardOutput.write($0) }) }
            var permissions = DirectoryTarget.Permissions()
            (permissions.setuid, permissions.devices) = (setuid, devices)
            return try export.run(into: DirectoryTarget(FilePath(target), permissions: permissions))
        }
        for line in summary.remarks.lines { global.logger.warning("\(line)") }
        if target == "-" { return }
        try StandardOutput.line(
            "\(path) of \(repository.fqrn) in \(Printable.text(target)): \(Counted.text(summary.entries, "entry", "entries")), "
                + "\(ByteCount.text(summary.bytes)) at \(ByteCount.rate(summary.bytes, in: ContinuousClock.now - start))"
        )
    }
}
