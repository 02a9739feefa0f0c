import Foundation
import Glibc
import SystemPackage

/// The keys of a new repository (docs/cvmfs-format.md §2.3).
struct KeyRing {
    let masterKey: PrivateKey
    let key: PrivateKey
    let certificate: Certificate

    static func generate(fqrn: String, validity: TimeInterval, now: Date) throws -> KeyRing {
        let key = try PrivateKey.generate()
        return KeyRing(
            masterKey: try PrivateKey.generate(),
            key: key,
            certificate: try .selfSigned(commonName: fqrn, key: key, validity: validity, now: now)
        )
    }

    /// Writes the four files, or none.
    func write(to folder: KeyFolder) throws {
        let files: [(FilePath, [UInt8], mode_t)] = try [
            (folder.masterKey, masterKey.pem, 0o400), (folder.key, key.pem, 0o400),
            (folder.publicKey, masterKey.publicKey.pem, 0o444), (folder.certificate, certificate.pem, 0o444),
        ]
        var written: [FilePath] = []
        do {
            for (path, bytes, mode) in files {
                let descriptor = SystemCall.open(path.string, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
                guard descriptor >= 0 else { throw SystemCall.error("create", path.string) }
                written.append(path)
                defer { close(descriptor) }
                try bytes.withUnsafeBytes { try SystemCall.write($0, to: descriptor, path.string) }
                guard fsync(descriptor) == 0 else { throw SystemCall.error("sync", path.string) }
            }
        } catch {
            for path in written { unlink(path.string) }
            throw error
        }
    }
}
