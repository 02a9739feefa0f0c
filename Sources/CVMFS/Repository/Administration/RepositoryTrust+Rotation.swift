import Foundation
package import SystemPackage

/// What a rotation of the repository's key did.
package struct KeyRotation: Sendable, Equatable {
    /// The certificate that is valid now.
    package let certificate: ContentHash
    /// The one before, which the whitelist may still list.
    package let previous: ContentHash
    /// Where the files of before lie now; empty where an earlier attempt had moved them.
    package let kept: [FilePath]
}

extension RepositoryTrust {
    /// Replaces the repository's key and certificate by new ones and signs the manifest with them; the files of before
    /// are kept beside them.
    ///
    /// Clients must find every manifest signed by a certificate that the whitelist lists, whatever a cache gives them.
    /// So the whitelist first lists both, then the files change, then the manifest is signed anew; the next renewal of the
    /// whitelist drops the old certificate, and `revokingOld` drops it at once. At every moment in between what is
    /// published is valid, and another call goes on where this one ended.
    ///
    /// Needs the master key, unless the whitelist lists the new certificate already; throws ``CVMFSError`` `notFound` with
    /// the remedy otherwise.
    package func rotateKey(revokingOld: Bool = false, _ context: WriteContext) throws -> KeyRotation {
        let now = context.now
        var kept: [FilePath] = []
        let previous = try repository.withLock(purpose: "changing the key", context) {
            try keys.finishRotation()
            let state = try reader.published()
            try state.manifest.root.hash.algorithm.requireWritable(in: fqrn)
            if try !isManifestBehind(state, now: now) {
                let next = try keys.nextKeyPair(fqrn: fqrn, validity: Self.certificateValidity, now: now)
                try list(next, state.whitelist, now: now)
                kept = try keys.exchange(now: now)
            }
            return try state.certificate.fingerprint(state.manifest.root.hash.algorithm)
        }
        try repository.withPreparation(context) { preparation in
            _ = try repository.publish(with: preparation, purpose: "changing the key", context) { old, _ in
                (old, try reader.tags(of: old))
            }
        }
        if revokingOld { try resign(context) }
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
        try writeWhitelist(fingerprints: try reader.whitelistRequest().fingerprints, masterKey: masterKey, now: now)
    }
}
