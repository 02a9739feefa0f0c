import Foundation
import SystemPackage

/// The repository's key and its certificate, checked to be able to publish: a revision that clients refuse must not
/// become visible.
struct Signer {
    let key: PrivateKey
    let certificate: Certificate

    /// Reads both. Throws ``CVMFSError`` with the remedy where they do not fit each other or the whitelist.
    init(keys: KeyFolder, whitelist: Whitelist, now: Date) throws {
        guard !whitelist.isExpired(at: now) else {
            throw CVMFSError(
                .notTrusted,
                "the whitelist of \(whitelist.fqrn) expired on \(whitelist.end.formatted(.iso8601)): renew it with "
                    + "`wafer repository resign \(whitelist.fqrn)`"
            )
        }
        // A rotation that died between its two renames must not keep anybody from publishing.
        try keys.finishRotation()
        key = try PrivateKey(file: keys.key)
        certificate = try Certificate(file: keys.certificate)
        guard key.matches(certificate) else {
            throw CVMFSError(.notTrusted, "\(keys.key) is not the key of the certificate \(keys.certificate)")
        }
        guard try whitelist.allows(certificate) else {
            throw CVMFSError(
                .notTrusted,
                "the whitelist of \(whitelist.fqrn) does not list \(keys.certificate): list it with "
                    + "`wafer repository resign \(whitelist.fqrn)`"
            )
        }
    }
}
