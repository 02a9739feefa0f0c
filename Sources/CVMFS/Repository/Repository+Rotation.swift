package import Foundation
import Plumbing
import SystemPackage

extension Repository {
    /// Replaces the repository's key and certificate by new ones and signs the manifest with them; the files of before
    /// are kept beside them.
    ///
    /// Clients must find every manifest signed by a certificate that the whitelist lists, whatever a cache gives them.
    /// So the whitelist first lists both, then the files change, then the manifest is signed anew; the next renewal of the
    /// whitelist drops the old certificate, and `revokingOld` drops it at once. At every moment in between what is
    /// published is valid, and another call goes on where this one ended.
    ///
    /// Needs the master key, unless the whitelist lists the new certificate already; throws ``CVMFSError`` `notFound` with
    /// the remedy otherwise. Blocks.
    package func rotateKey(revokingOld: Bool = false, lockTimeout: Duration, now: Date) throws -> KeyRotation {
        var kept: [FilePath] = []
        let previous = try withLock(lockTimeout, purpose: "changing the key") {
            try keys.finishRotation()
            let state = try published()
            try Self.refuseUnwritable(state.manifest.root.hash.algorithm, of: fqrn)
            if try !isManifestBehind(state, now: now) {
                let next = try keys.nextKeyPair(fqrn: fqrn, validity: Self.certificateValidity, now: now)
                try list(next, state.whitelist, now: now)
                kept = try keys.exchange(now: now)
            }
            return try state.certificate.fingerprint(state.manifest.root.hash.algorithm)
        }
        try withPreparation(lockTimeout: lockTimeout, now: now) { preparation in
            _ = try publish(with: preparation, lockTimeout: lockTimeout, now: now, purpose: "changing the key") {
                old,
                _ in
                (old, try tags(of: old))
            }
        }
        if revokingOld { try resign(lockTimeout: lockTimeout, now: now) }
        let certificate = try Certificate(file: keys.certificate).fingerprint(previous.algorithm)
        return KeyRotation(certificate: certificate, previous: previous, kept: kept)
    }

    /// Whether an earlier rotation changed the files but did not come to sign the manifest.
    private func isManifestBehind(_ state: PublishedState, now: Date) throws -> Bool {
        guard FileManager.default.fileExists(atPath: keys.certificate.string) else { return false }
        let certificate = try Certificate(file: keys.certificate)
        guard certificate.der != state.certificate.der, try PrivateKey(file: keys.key).matches(certificate) else {
            return false
        }
        return try state.whitelist.allows(certificate) && !state.whitelist.isExpired(at: now)
    }

    /// Makes the whitelist list the new certificate beside the published one.
    private func list(_ next: Certificate, _ whitelist: Whitelist, now: Date) throws {
        if try whitelist.allows(next), !whitelist.isExpired(at: now) { return }
        guard let masterKey = try masterKey() else {
            throw CVMFSError(
                .notFound,
                "the new key is made, but the whitelist does not list its certificate yet, and the master key "
                    + "\(keys.masterKey) is not here: sign what `wafer repository whitelist request \(fqrn)` prints where it "
                    + "lives, install the result, and run this again"
            )
        }
        try writeWhitelist(fingerprints: try whitelistRequest().fingerprints, masterKey: masterKey, now: now)
    }
}

extension KeyFolder {
    /// Goes on with an exchange that ended between its two renames.
    func finishRotation() throws {
        let manager = FileManager.default
        guard manager.fileExists(atPath: nextCertificate.string), !manager.fileExists(atPath: nextKey.string),
            manager.fileExists(atPath: key.string),
            try PrivateKey(file: key).matches(Certificate(file: nextCertificate))
        else { return }
        try KeyFile.rename(nextCertificate, to: certificate)
        try KeyFile.synchronize(root)
    }

    /// The certificate of the next key; both are made where they are not there yet.
    fileprivate func nextKeyPair(fqrn: String, validity: TimeInterval, now: Date) throws -> Certificate {
        if FileManager.default.fileExists(atPath: nextKey.string),
            FileManager.default.fileExists(atPath: nextCertificate.string)
        {
            let certificate = try Certificate(file: nextCertificate)
            if try PrivateKey(file: nextKey).matches(certificate) { return certificate }
        }
        try KeyFile.remove(nextKey)
        try KeyFile.remove(nextCertificate)
        let key = try PrivateKey.generate()
        let certificate = try Certificate.selfSigned(commonName: fqrn, key: key, validity: validity, now: now)
        try KeyFile.create([(nextKey, key.pem, 0o400), (nextCertificate, certificate.pem, 0o444)])
        try KeyFile.synchronize(root)
        return certificate
    }

    /// Makes the next files the valid ones. Returns where those of before are kept.
    fileprivate func exchange(now: Date) throws -> [FilePath] {
        var kept: [FilePath] = []
        for path in [key, certificate] where FileManager.default.fileExists(atPath: path.string) {
            let other = FilePath("\(path.string).\(CompactTime.text(now))")
            try KeyFile.link(path, as: other)
            kept.append(other)
        }
        try KeyFile.rename(nextKey, to: key)
        try KeyFile.rename(nextCertificate, to: certificate)
        try KeyFile.synchronize(root)
        return kept
    }
}
