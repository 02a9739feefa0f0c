import Foundation
import Glibc
import SystemPackage

extension RepositoryCreation {
    /// Throws where the storage is not empty, or keys are there.
    func refuseExisting() throws {
        guard try Self.isEmpty(storage) else {
            throw CVMFSError(
                .refused,
                "the storage \(storage) is not empty: name another folder, or register a repository that is there with "
                    + "`wafer repository add`"
            )
        }
        for path in [keys.masterKey, keys.publicKey, keys.key, keys.certificate]
        where FileManager.default.fileExists(atPath: path.string) {
            throw CVMFSError(.refused, "\(path) exists already: name another folder with --keys, or move it away")
        }
    }

    /// Whether there is nothing at a path, or an empty folder.
    private static func isEmpty(_ path: FilePath) throws -> Bool {
        guard FileManager.default.fileExists(atPath: path.string) else { return true }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path.string).isEmpty
        } catch {
            throw CVMFSError(.system, "\(path) cannot be a storage: \(error.localizedDescription)")
        }
    }

    /// Returns whether it had to be made.
    static func createFolder(_ path: FilePath, permissions: Int) throws -> Bool {
        if FileManager.default.fileExists(atPath: path.string) { return false }
        // Those above that are missing get the same mode: a storage below a closed folder could not be served.
        let parent = path.removingLastComponent()
        if !parent.isEmpty { _ = try createFolder(parent, permissions: permissions) }
        guard mkdir(path.string, mode_t(permissions)) == 0 else {
            if errno == EEXIST { return false }
            throw SystemCall.error("create", path.string)
        }
        // Whatever this process's mask says.
        guard chmod(path.string, mode_t(permissions)) == 0 else {
            throw SystemCall.error("change the mode of", path.string)
        }
        return true
    }

    /// Compares the real paths, whatever links lead there; both folders exist.
    func refuseKeysInside() throws {
        guard !(try Self.realPath(keys.root)).starts(with: try Self.realPath(storage)) else {
            throw CVMFSError(
                .refused,
                "the keys folder \(keys.root) lies inside the storage, which is served to everybody: name another with --keys"
            )
        }
    }

    private static func realPath(_ path: FilePath) throws -> FilePath {
        guard let real = realpath(path.string, nil) else { throw SystemCall.error("resolve", path.string) }
        defer { free(real) }
        return FilePath(platformString: real)
    }
}
