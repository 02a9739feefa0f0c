package import Foundation
import Plumbing
import SystemPackage

extension Repository {
    /// Renews the whitelist for 30 days, listing the certificate in the keys folder. Returns when it ends.
    ///
    /// Needs the master key; throws ``CVMFSError`` `notFound` with the remedy where that lives elsewhere. Waits up to
    /// `lockTimeout` for another writer. Blocks.
    @discardableResult
    package func resign(lockTimeout: Duration, now: Date) throws -> Date {
        try workspace.create()
        let lock = try FileLock.acquire(
            workspace.lock,
            timeout: lockTimeout,
            purpose: "renewing the whitelist",
            checkCancelled: {}
        )
        return try withExtendedLifetime(lock) {
            let masterKey: PrivateKey
            do {
                masterKey = try PrivateKey(file: keys.masterKey)
            } catch let error as CVMFSError where error.code == .notFound {
                throw CVMFSError(
                    .notFound,
                    "the master key \(keys.masterKey) is not here: renew the whitelist where it lives"
                )
            }
            guard try masterKey.publicKey == (PublicKey(file: keys.publicKey)) else {
                throw CVMFSError(.notTrusted, "\(keys.publicKey) is not the public half of \(keys.masterKey)")
            }
            let certificate = try Certificate(file: keys.certificate)
            let algorithm = try manifestAlgorithm()
            try writeWhitelist(fingerprint: try certificate.fingerprint(algorithm), masterKey: masterKey, now: now)
            return try whitelist().end
        }
    }

    /// Whether the master key can be read here, so that the whitelist can be renewed.
    package var canResign: Bool {
        FileManager.default.isReadableFile(atPath: keys.masterKey.string)
    }

    func writeWhitelist(fingerprint: ContentHash, masterKey: PrivateKey, now: Date) throws {
        let bytes = try Whitelist.serialize(
            fqrn: fqrn,
            fingerprints: [fingerprint],
            issued: now,
            expires: now.addingTimeInterval(Self.whitelistValidity),
            algorithm: fingerprint.algorithm,
            masterKey: masterKey
        )
        try store.replaceTopLevel(Whitelist.fileName, with: bytes)
    }

    private func manifestAlgorithm() throws -> HashAlgorithm {
        guard let bytes = try store.readTopLevel(RepositoryManifest.fileName) else {
            throw CVMFSError(.notFound, "\(store.location) holds no repository: it has no .cvmfspublished")
        }
        return try RepositoryManifest.parse(bytes).manifest.root.hash.algorithm
    }
}
