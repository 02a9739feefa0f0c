import ArgumentParser
import CVMFS
import Foundation
import Plumbing

/// Gives a repository a new key.
struct RepositoryRotateKeyCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key",
        abstract: "Replace the key and certificate that sign revisions.",
        usage: "wafer repository rotate-key <fqrn> [--revoke-old]",
        discussion: """
            The whitelist lists both certificates first, then the manifest is signed
            anew; the revision stays, clients notice nothing. The next renewal of the
            whitelist drops the old certificate. The old files are kept beside the new
            ones. Run it again if it was interrupted.

            Needs the master key. Where that lives elsewhere, the command makes the new
            key and says how to go on (wafer repository whitelist).

            EXAMPLE:
              wafer repository rotate-key cd.cern.ch
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Flag(help: "Drop the old certificate from the whitelist at once, as when its key was stolen.")
    var revokeOld = false

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let repository = try await argument.open(global)
        let (revokes, context) = (revokeOld, global.writing)
        let rotation = try await onDedicatedThread("rotate the key of \(repository.fqrn)") {
            try repository.trust.rotateKey(revokingOld: revokes, context)
        }
        let kept = rotation.kept.map { "  kept: \($0)\n" }.joined()
        try StandardOutput.write(
            "\(repository.fqrn) is signed with a new key\n  certificate: \(rotation.certificate)\n"
                + "  before:      \(rotation.previous)\(revokes ? ", revoked" : "")\n\(kept)"
        )
    }
}
