import TestSupport

/// A mount namespace of one's own, where a test may mount a small file system.
enum MountNamespace {
    /// Whether this user gets one.
    @Sendable static func isAllowed() async -> Bool {
        // A tool that is missing and one that is refused are the same here.
        (try? await ExternalTool.run("unshare", ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]))
            != nil
    }
}
