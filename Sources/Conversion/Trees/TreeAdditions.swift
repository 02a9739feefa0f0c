import Plumbing

/// What programs that run a tree want to find in it: places to mount things on, which they cannot make in a tree that they
/// only read (docs/root-file-systems.md says who needs which).
enum TreeAdditions {
    /// The usual ones and those of a repository, absolute paths.
    static func files(_ more: [String]) -> [AddedFile] {
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
        // podman writes those of users anew where it is told as whom a program runs, and cannot make them.
        let usual = ["hosts", "resolv.conf", "hostname", "localtime", "passwd", "group"].map { "etc/\($0)" }
        for name in usual + ["run/.containerenv"] {
            add(name, .file(size: 0), 0o644)
        }
        add("etc/mtab", .symlink(target: Array("/proc/mounts".utf8)), 0o777)
        for name in more { add(name, .directory, 0o755) }
        return files
    }
}
