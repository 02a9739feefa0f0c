import Foundation
import SystemPackage
import TestSupport

/// A mount namespace of one's own, where a test may mount a small file system.
enum MountNamespace {
    /// Whether this user gets one.
    @Sendable static func isAllowed() async -> Bool {
        // A tool that is missing and one that is refused are the same here.
        (try? await ExternalTool.run("unshare", ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]))
            != nil
    }

    /// Runs a shell script in one, in the sandbox's folder; `$wafer` is the program.
    static func shell(_ script: String, in sandbox: Sandbox) async throws -> Sandbox.Outcome {
        try script.write(toFile: sandbox.path.appending("script").string, atomically: false, encoding: .utf8)
        return try await sandbox.shell("unshare --map-root-user --mount sh script")
    }
}
