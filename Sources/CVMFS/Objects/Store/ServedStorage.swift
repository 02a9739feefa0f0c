import Glibc
import Plumbing
package import SystemPackage

/// Whether every user of this machine, and so a web server, can read what is served of a storage.
///
/// A look and no check: of the objects only a few a folder are looked at, so that it takes the same short time however many
/// there are.
package struct ServedStorage {
    /// The folders above that not everybody can enter.
    package private(set) var barred: [FilePath] = []
    /// The files and folders of the storage that not everybody can read.
    package private(set) var closed: [FilePath] = []

    private static let objectsPerFolder = 8
    /// There is a handful of files at the top.
    private static let maximumTopFiles = 1_000

    /// Looks at a storage. Throws ``CVMFSError`` where there is none.
    package init(at root: FilePath) throws {
        var folder = FilePath(root.lexicallyNormalized().string)
        while folder.removeLastComponent() {
            if let mode = Self.mode(folder), mode & S_IXOTH == 0 { barred.append(folder) }
        }
        guard let mode = Self.mode(root) else { throw SystemCall.error("look at the storage", root.string) }
        guard mode & S_IFMT == S_IFDIR else { throw CVMFSError(.refused, "the storage \(root) is no folder") }
        look(root, mode)
        // Only files at the top are clients' business, and the folder of objects.
        for name in try Self.names(in: root, atMost: Self.maximumTopFiles)
        where name == "data" || name.hasPrefix(".cvmfs") {
            look(root.appending(name))
        }
        for number in 0..<256 {
            let folder = root.appending("data").appending(Hex.encode(CollectionOfOne(UInt8(number))))
            look(folder)
            for name in try Self.names(in: folder, atMost: Self.objectsPerFolder) { look(folder.appending(name)) }
        }
    }

    private mutating func look(_ path: FilePath) {
        // What is missing, or went away meanwhile, is what `repository check` finds.
        if let mode = Self.mode(path) { look(path, mode) }
    }

    private mutating func look(_ path: FilePath, _ mode: mode_t) {
        let wanted = mode & S_IFMT == S_IFDIR ? S_IROTH | S_IXOTH : S_IROTH
        if mode & wanted != wanted { closed.append(path) }
    }

    private static func mode(_ path: FilePath) -> mode_t? {
        var status = stat()
        return stat(path.string, &status) == 0 ? status.st_mode : nil
    }

    /// Some names of a folder, in its own order. None where there is no folder, and where this user cannot read it: then it
    /// is closed to others, too.
    private static func names(in path: FilePath, atMost limit: Int) throws -> [String] {
        guard let folder = opendir(path.string) else {
            if [ENOENT, ENOTDIR, EACCES].contains(errno) { return [] }
            throw SystemCall.error("list", path.string)
        }
        defer { closedir(folder) }
        do throws(Errno) {
            return try DirectoryNames.all(atMost: limit) { readdir(folder) }.map { String(decoding: $0, as: UTF8.self) }
        } catch {
            throw SystemCall.error("list", path.string, code: error.rawValue)
        }
    }
}
