import Conversion
import Foundation
import SystemPackage
import TestSupport

/// The real podman, with storage of its own, and a folder's `podmanStore` beside that: read-only, as a client has it.
struct PodmanProgram {
    let folder: PodmanFolder
    /// Where its own lists and containers are.
    let own: FilePath

    /// Runs a test with a folder and podman.
    static func with(_ body: (PodmanFolder, PodmanProgram) async throws -> Void) async throws {
        try await withTemporaryFolder(inMemory: true) { path in
            let folder = PodmanFolder(path: path.appending("repository"))
            try FileManager.default.createDirectory(atPath: folder.path.string, withIntermediateDirectories: true)
            try await body(folder, PodmanProgram(folder: folder, own: path.appending("podman")))
        }
    }

    /// What podman prints. Throws ``ExternalTool/Failure``.
    @discardableResult
    func callAsFunction(_ arguments: [String]) async throws -> String {
        let store = [
            "--root", "/mnt/root", "--runroot", "/mnt/run", "--storage-driver", "overlay",
            "--storage-opt", "additionalimagestore=\(folder.full("podmanStore"))",
        ]
        try FileManager.default.createDirectory(atPath: own.string, withIntermediateDirectories: true)
        let shell = ["-m", "sh", "-c", Self.script, "sh", folder.path.string, own.string]
        let output = try await ExternalTool.run("unshare", shell + store + arguments)
        return String(decoding: output, as: UTF8.self)
    }

    /// What an image's program prints.
    func run(_ image: String, _ command: String...) async throws -> String {
        // Limits below podman's own cannot be raised everywhere.
        let options = [
            "--rm", "--pull=never", "--network=none", "--cgroups=disabled", "--ulimit=nofile=1024:1024",
            "--ulimit=nproc=1024:1024",
        ]
        return try await self(["run"] + options + [image] + command)
    }

    /// The mounts end with the process. podman takes no long path for its own files, crun wants a single hierarchy of control
    /// groups.
    private static let script = """
        umount -R /sys/fs/cgroup 2>/dev/null
        mount -t cgroup2 none /sys/fs/cgroup && mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" &&
            mount --bind "$2" /mnt || exit 9
        shift 2
        exec podman "$@"
        """

    /// Whether podman runs containers on this machine: as root, with a static busybox to put into them.
    static func runs() async -> Bool { await machine.value }

    private static let machine = Task {
        do {
            try await with { folder, podman in
                let image = try folder.addImage("a")
                guard try await podman.run(image.names[0]) == "a\n" else { throw NotHere() }
            }
            return true
        } catch {
            return false
        }
    }

    private struct NotHere: Error {}
}

extension PodmanFolder {
    /// Puts an image into the store that says its name, with its tree.
    func addImage(_ name: String, names: [String]? = nil) throws -> PodmanImage {
        let image = try PodmanSamples.image(name, names: names)
        try addTree(image)
        try apply(image.edits())
        return image
    }

    /// A tree with busybox, and what podman wants in an image that it cannot change.
    func addTree(_ image: PodmanImage) throws {
        let tree = full(image.tree)
        for directory in ["dev", "proc", "sys", "tmp", "run", "etc", "bin"] {
            try FileManager.default.createDirectory(atPath: "\(tree)/\(directory)", withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: "/usr/bin/busybox", toPath: "\(tree)/bin/busybox")
        try Data(image.id.utf8).write(to: URL(filePath: "\(tree)/etc/image"))
    }
}
