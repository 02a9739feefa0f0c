package import Foundation
import Logging
import Plumbing
import SystemPackage

extension Repository {
    /// Renews the whitelist for 30 days, listing the certificate in the keys folder. Returns when it ends.
    ///
    /// Needs the master key; throws ``CVMFSError`` `notFound` with the remedy where that lives elsewhere. Waits up to
    /// `lockTimeout` for another writer. Blocks.
    @discardableResult
    package func resign(lockTimeout: Duration, now: Date) throws -> Date {
        try withLock(lockTimeout, purpose: "renewing the whitelist") {
            guard let masterKey = try masterKey() else {
                throw CVMFSError(
                    .notFound,
                    "the master key \(keys.masterKey) is not here: renew the whitelist where it lives (see `wafer repository "
                        + "whitelist --help`)"
                )
            }
            let request = try whitelistRequest()
            try writeWhitelist(fingerprints: request.fingerprints, masterKey: masterKey, now: now)
            return try whitelist().end
        }
    }

    /// Whether the master key can be read here, so that the whitelist can be renewed.
    package var canResign: Bool {
        FileManager.default.isReadableFile(atPath: keys.masterKey.string)
    }

    /// The certificates that a whitelist must list: the one in the keys folder, the one that waits there for a rotation,
    /// and the one of the published manifest as long as that is another. Blocks.
    package func whitelistRequest() throws -> WhitelistRequest {
        let algorithm = try manifestAlgorithm()
        var certificates: [Certificate] = []
        for file in [keys.certificate, keys.nextCertificate] where FileManager.default.fileExists(atPath: file.string) {
            certificates.append(try Certificate(file: file))
        }
        guard !certificates.isEmpty else { throw CVMFSError(.notFound, "no certificate at \(keys.certificate)") }
        do {
            certificates.append(try published().certificate)
        } catch let error as CVMFSError where [.notTrusted, .corrupt, .notFound].contains(error.code) {
            // What is not trusted now does not become it by a new whitelist.
            logger.warning("the published manifest is not trusted, its certificate is left out: \(error)")
        }
        var fingerprints: [ContentHash] = []
        for fingerprint in try certificates.map({ try $0.fingerprint(algorithm) })
        where !fingerprints.contains(fingerprint) {
            fingerprints.append(fingerprint)
        }
        return WhitelistRequest(fqrn: fqrn, fingerprints: fingerprints)
    }

    /// Replaces the whitelist by one that was signed elsewhere.
    ///
    /// Throws ``CVMFSError``, changing nothing, unless a master key signed it for this repository, it is valid, it lists
    /// the certificates of the published manifest and of the keys folder, and it is not older than the one that is there.
    /// Blocks.
    @discardableResult
    package func installWhitelist(_ bytes: [UInt8], lockTimeout: Duration, now: Date) throws -> Whitelist {
        let whitelist = try verifiedWhitelist(bytes)
        guard !whitelist.isExpired(at: now) else {
            throw CVMFSError(.refused, "this whitelist expired at \(whitelist.end.formatted(.iso8601)): sign a new one")
        }
        return try withLock(lockTimeout, purpose: "installing a whitelist") {
            guard try whitelist.allows(publishedCertificate()) else {
                throw CVMFSError(.refused, "this whitelist does not list the certificate of what \(fqrn) publishes")
            }
            if FileManager.default.fileExists(atPath: keys.certificate.string),
                try !whitelist.allows(Certificate(file: keys.certificate))
            {
                throw CVMFSError(
                    .refused,
                    "this whitelist does not list \(keys.certificate): request a new one with `wafer repository whitelist "
                        + "request \(fqrn)`"
                )
            }
            if let old = try installedWhitelist(), whitelist.issued < old.issued {
                throw CVMFSError(
                    .refused,
                    "this whitelist is of \(whitelist.issued.formatted(.iso8601)), older than the one that is there, of "
                        + old.issued.formatted(.iso8601)
                )
            }
            try writableStorage().replaceTopLevel(Whitelist.fileName, with: bytes)
            return whitelist
        }
    }

    /// The whitelist that is there, nil where there is none that could be trusted.
    private func installedWhitelist() throws -> Whitelist? {
        do {
            return try whitelist()
        } catch let error as CVMFSError where error.code == .notTrusted || error.code == .corrupt {
            return nil
        }
    }

    /// The certificate of the published manifest, whose signature is verified, whatever the whitelist says.
    private func publishedCertificate() throws -> Certificate {
        let signed = try signedManifest()
        guard let hash = signed.manifest.certificate else {
            throw CVMFSError(.notTrusted, "the manifest of \(fqrn) names no certificate")
        }
        let certificate = try Certificate(pem: try store.loadInflated(hash, .certificate, limit: 1 << 20))
        try signed.verify(certificate: certificate)
        return certificate
    }

    /// The master key, nil where it lives elsewhere. Throws ``CVMFSError`` where it is another repository's.
    func masterKey() throws -> PrivateKey? {
        let key: PrivateKey
        do {
            key = try PrivateKey(file: keys.masterKey)
        } catch let error as CVMFSError where error.code == .notFound {
            return nil
        }
        guard try masterKeys().contains(key.publicKey) else {
            throw CVMFSError(.notTrusted, "\(keys.publicKey) is not the public half of \(keys.masterKey)")
        }
        return key
    }

    func writeWhitelist(fingerprints: [ContentHash], masterKey: PrivateKey, now: Date) throws {
        let request = WhitelistRequest(fqrn: fqrn, fingerprints: fingerprints)
        let bytes = try request.signed(by: masterKey, validity: Self.whitelistValidity, now: now)
        try writableStorage().replaceTopLevel(Whitelist.fileName, with: bytes)
    }

    private func manifestAlgorithm() throws -> HashAlgorithm {
        try signedManifest().manifest.root.hash.algorithm
    }

    private func signedManifest() throws -> SignedManifest {
        guard let bytes = try store.readTopLevel(RepositoryManifest.fileName) else {
            throw CVMFSError(.notFound, "\(store.location) holds no repository: it has no .cvmfspublished")
        }
        return try RepositoryManifest.parse(bytes)
    }

    /// Runs `body` under the repository's lock.
    func withLock<Value>(_ timeout: Duration, purpose: String, _ body: () throws -> Value) throws -> Value {
        try commitGuard.checkPermission()
        let lock = try FileLock.acquire(workspace.open().lock, timeout: timeout, purpose: purpose, checkCancelled: {})
        return try withExtendedLifetime(lock, body)
    }
}
