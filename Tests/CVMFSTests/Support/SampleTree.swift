import CVMFS
import Plumbing
import TestSupport

/// A directory tree for a catalog: directories and symlinks, which need no objects.
struct SampleTree {
    /// How many files each directory holds; those above them exist too.
    var files: [String: Int] = [:]

    /// A tree of these directories.
    init(files: [String: Int] = [:]) {
        self.files = files
    }

    /// Any shape, the same for the same seed.
    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var directories = [""]
        for number in 0..<Int.random(in: 0...60, using: &random) {
            // Half of them below the newest, which makes deep trees as likely as wide ones.
            let isDeep = Bool.random(using: &random)
            let parent = isDeep ? directories[directories.count - 1] : directories.randomElement(using: &random) ?? ""
            let name = "\(number % 7)-\(number)"
            directories.append(parent.isEmpty ? name : "\(parent)/\(name)")
        }
        for directory in directories {
            let isHuge = Int.random(in: 0..<20, using: &random) == 0
            files[directory] = Int.random(in: 0...(isHuge ? 60 : 6), using: &random)
        }
    }

    /// The rows in path order.
    func entries() throws -> [SubtreeEntry] {
        var directories: Set<BytePath> = [BytePath()]
        var entries: [SubtreeEntry] = []
        for (name, count) in files {
            var directory = try BytePath(name)
            for number in 0..<count { entries.append(link(directory.appending(Array("f\(number)".utf8)))) }
            while let parent = directory.parent {
                directories.insert(directory)
                directory = parent
            }
        }
        for directory in directories {
            entries.append(SubtreeEntry(path: directory, row: .directory(directory.name, modified: 1)))
        }
        return entries.sorted { $0.path < $1.path }
    }

    private func link(_ path: BytePath) -> SubtreeEntry {
        SubtreeEntry(path: path, row: .symlink(path.name, target: Array("target".utf8), modified: 2))
    }
}
