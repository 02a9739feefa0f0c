import CVMFS
import Glibc
import Plumbing
import SystemPackage

/// Looks at who may read a local storage, and who may put another in its place.
struct StorageDoctor {
    let storage: FilePath
    /// Whether Wafer's workspace lies beside it.
    let hasWorkspace: Bool

    func examine() async -> [DoctorCheck] {
        let served = await DoctorCheck.of("storage") {
            try await onDedicatedThread("look at the storage") { try self.served() }
        }
        guard hasWorkspace else { return [served] }
        let workspace = await DoctorCheck.of("workspace") {
            try await onDedicatedThread("look at the workspace") { try self.workspace() }
        }
        return [served, workspace]
    }

    /// A storage that was made under a mask of 077, by a version that obeyed it, can be published to, and serves nobody.
    private func served() throws -> DoctorCheck {
        let found = try ServedStorage(at: storage)
        var texts: [String] = []
        var commands: [String] = []
        if let first = found.closed.first {
            let more = found.closed.count > 1 ? " and \(found.closed.count - 1) more seen in \(storage)" : ""
            texts.append("not every user can read \(first)\(more)")
            commands.append("chmod -R a+rX \(ShellWord.text(storage.string))")
        }
        if !found.barred.isEmpty {
            texts.append("not every user can enter \(found.barred.map(\.string).joined(separator: ", "))")
            commands.append("chmod a+x \(found.barred.map { ShellWord.text($0.string) }.joined(separator: " "))")
        }
        guard !texts.isEmpty else { return .ok("storage", "every user can read \(storage)") }
        return .warning(
            "storage",
            "\(texts.joined(separator: "; ")): a web server of another user cannot serve it",
            remedy: "`\(commands.joined(separator: " && "))`"
        )
    }

    /// Where everybody may rename what is there, the workspace is nobody's alone.
    private func workspace() throws -> DoctorCheck {
        let workspace = RepositoryWorkspace(storage: storage).root
        var there = stat()
        // Publishing makes it where it is missing, and refuses what others could have put there.
        if lstat(workspace.string, &there) == 0 { _ = try PrivateFolder.open(workspace) }
        let folder = workspace.removingLastComponent()
        var status = stat()
        guard stat(folder.string, &status) == 0 else {
            throw CVMFSError(.system, "cannot look at \(folder): \(Errno(rawValue: errno))")
        }
        guard status.st_mode & (S_IWOTH | S_ISVTX) == S_IWOTH else {
            return .ok("workspace", "\(workspace) is this user's alone, and cannot be moved away by everybody")
        }
        return .warning(
            "workspace",
            "every user may write to \(folder), and so put another folder where \(workspace) or the storage is",
            remedy: "`chmod o-w \(ShellWord.text(folder.string))`"
        )
    }
}
