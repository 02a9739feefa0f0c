import OCI
import Plumbing

/// What programs that run a tree want to find in it: places to mount things on, which they cannot make in a tree that they
/// only read (docs/root-file-systems.md says who needs which).
enum TreeAdditions {
    /// The usual ones, those of a repository, and the directories that an image's configuration names: its program begins in
    /// one, and keeps its data in others.
    static func files(_ more: [String], for configuration: ImageConfiguration) -> [AddedFile] {
        var files: [AddedFile] = []
        func add(_ text: String, _ kind: FileNode.Kind, _ mode: UInt16) {
            let components = text.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
            guard let path = BytePath(components: components), !path.isRoot else { return }
            files.append(AddedFile(path, FileNode(kind, FileAttributes(mode: mode))))
        }
        for name in ["dev", "proc", "sys", "home", "srv", "cvmfs", "run", "run/secrets"] {
            add(name, .directory, 0o755)
        }
        add("root", .directory, 0o700)
        for name in ["tmp", "var/tmp"] { add(name, .directory, 0o1777) }
        for name in ["etc/hosts", "etc/resolv.conf", "etc/hostname", "etc/localtime", "run/.containerenv"] {
            add(name, .file(size: 0), 0o644)
        }
        add("etc/mtab", .symlink(target: Array("/proc/mounts".utf8)), 0o777)
        for name in more + directories(of: configuration) { add(name, .directory, 0o755) }
        // What is usual counts: an image may begin in `/tmp`.
        var seen: Set<BytePath> = []
        return files.filter { seen.insert($0.path).inserted }
    }

    private static func directories(of configuration: ImageConfiguration) -> [String] {
        var names = [configuration.config["WorkingDir"]?.string ?? ""]
        if case .object(let volumes)? = configuration.config["Volumes"] { names += volumes.keys.sorted() }
        // Others are no paths of the image, or lead out of where they seem to be.
        return names.filter { $0.hasPrefix("/") && !$0.contains("/../") && !$0.hasSuffix("/..") && !$0.contains("/./") }
    }
}
