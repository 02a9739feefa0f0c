import Foundation
import Glibc
import Plumbing
import SystemPackage

/// The file that holds the vault's key: one line of text, readable by its owner alone.
struct VaultKeyFile {
    private static let prefix = "wafer-credentials-key-1:"
    /// A key file is one short line; anything longer is something else.
    private static let sizeLimit = 4_096

    let path: FilePath

    /// The key, or nil where there is no such file. Refuses a file that others can read.
    func load() throws -> VaultKey? {
        do {
            guard let file = try NamedFile.open(path, links: .ofTheFolder) else { return nil }
            return try file.closeAfter { try read(file) }
        } catch FileFault.system(let error) {
            throw StateError.keyFile(path, error)
        } catch FileFault.irregular {
            throw StateError.keyFileMalformed(path)
        } catch FileFault.link(_, let owner) {
            throw StateError.keyFileExposed(path, reason: "lies behind a link of the user \(owner)")
        } catch is FileFault {
            // Somebody puts one file after the other there.
            throw StateError.keyFile(path, .resourceTemporarilyUnavailable)
        } catch let error as Errno {
            throw StateError.keyFile(path, error)
        }
    }

    /// The key, made first if there is none. `isNew` tells the caller to tell the operator.
    ///
    /// Two processes may come here at once. Each writes a file of its own and links it to the final name, which only
    /// one can: no one ever sees a key file that is half written, and both go on with the same key.
    func loadOrCreate() throws -> (key: VaultKey, isNew: Bool) {
        if let key = try load() { return (key, false) }
        let folder = path.removingLastComponent()
        do {
            try makeFolder(folder)
            let draft = folder.appending(".\(path.lastComponent?.string ?? "key").\(UUID().uuidString)")
            let secret = try SecretKey(randomBytes: AESGCM.keyByteCount)
            let encoded = secret.withUnsafeBytes { Data($0) }.base64EncodedString()
            var isNew = false
            defer { unlink(draft.string) }
            try Array("\(VaultKeyFile.prefix)\(encoded)\n".utf8).withUnsafeBytes { line in
                try WholeFile.write(line, as: draft.string, mode: 0o600) {
                    isNew = link(draft.string, path.string) == 0
                    if !isNew, errno != EEXIST { throw Errno(rawValue: errno) }
                }
            }
            // The name must survive a power cut as well as the content: passwords depend on it.
            try WholeFile.synchronize(folder: folder)
            guard let key = try load() else { throw Errno.noSuchFileOrDirectory }
            return (key, isNew)
        } catch let fault as WholeFile.Fault {
            throw StateError.keyFile(path, fault.errno)
        } catch let error as Errno {
            throw StateError.keyFile(path, error)
        }
    }

    private func read(_ file: FileDescriptor) throws -> VaultKey {
        let status = try Stat(file)
        guard status.size <= VaultKeyFile.sizeLimit else {
            throw StateError.keyFileMalformed(path)
        }
        let exposed: FilePermissions = [.groupReadWriteExecute, .otherReadWriteExecute]
        guard status.permissions.isDisjoint(with: exposed) else {
            throw StateError.keyFileExposed(path, reason: "can be read or written by others")
        }
        let owner = status.userID.rawValue
        guard owner == geteuid() || owner == 0 || geteuid() == 0 else {
            throw StateError.keyFileExposed(path, reason: "belongs to another user")
        }
        var bytes = [UInt8](repeating: 0, count: VaultKeyFile.sizeLimit)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        let line = String(decoding: bytes.prefix(count), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard
            line.hasPrefix(VaultKeyFile.prefix),
            let key = Data(base64Encoded: String(line.dropFirst(VaultKeyFile.prefix.count))),
            key.count == AESGCM.keyByteCount
        else { throw StateError.keyFileMalformed(path) }
        return try VaultKey(SecretKey(key))
    }

    private func makeFolder(_ folder: FilePath) throws {
        guard !folder.isEmpty, mkdir(folder.string, 0o700) != 0 else { return }
        switch errno {
        case EEXIST:
            return
        case ENOENT:
            try makeFolder(folder.removingLastComponent())
            guard mkdir(folder.string, 0o700) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        default:
            throw Errno(rawValue: errno)
        }
    }
}
