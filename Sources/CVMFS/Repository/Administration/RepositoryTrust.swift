package import Foundation
import Plumbing
import SystemPackage

/// The keys and the whitelist of a repository. Every call waits for another writer, and blocks.
package struct RepositoryTrust: Sendable {
    let repository: Repository

    /// How long a whitelist lasts, as with the stock tools, in seconds.
    package static let whitelistValidity: TimeInterval = 30 * 86_400
    /// How long a certificate lasts, in seconds; no client looks at that.
    static let certificateValidity: TimeInterval = 365 * 86_400

    var reader: RepositoryReader { repository.reader }
    var keys: KeyFolder { reader.keys }
    var fqrn: String { reader.fqrn }

    /// Renews the whitelist for 30 days, listing the certificate in the keys folder. Returns when it ends.
    ///
    /// Needs the master key; throws ``CVMFSError`` `notFound` with the remedy where that lives elsewhere.
    @discardableResult
    package func resign(_ context: WriteContext) throws -> Date {
        try repository.withLock(purpose: "renewing the whitelist", context) {
            guard let masterKey = try masterKey() else {
                throw CVMFSError(
                    .notFound,
                    "the master key \(keys.masterKey) is not here: renew the whitelist where it lives (see `wafer repository "
                        + "whitelist --help`)"
                )
            }
            let request = try reader.whitelistRequest()
            try writeWhitelist(fingerprints: request.fingerprints, masterKey: masterKey, now: context.now)
            return try reader.whitelist().end
        }
    }

    /// Replaces the whitelist by one that was signed elsewhere.
    ///
    /// Throws ``CVMFSError``, changing nothing, unless a master key signed it for this repository, it is valid, it lists
    /// the certificates of the published manifest and of the keys folder, and it is not older than the one that is there.
    @discardableResult
    package func installWhitelist(_ bytes: [UInt8], _ context: WriteContext) throws -> Whitelist {
        let whitelist = try reader.verifiedWhitelist(bytes)
        guard !whitelist.isExpired(at: context.now) else {
            throw CVMFSError(.refused, "this whitelist expired at \(whitelist.end.formatted(.iso8601)): sign a new one")
        }
        return try repository.withLock(purpose: "installing a whitelist", context) {
            guard try whitelist.allows(reader.certificate(of: reader.signedManifest())) else {
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
            try repository.storage.replaceTopLevel(Whitelist.fileName, with: bytes)
            return whitelist
        }
    }

    /// The whitelist that is there, nil where there is none that could be trusted.
    private func installedWhitelist() throws -> Whitelist? {
        do {
            return try reader.whitelist()
        } catch let error as CVMFSError where error.code == .notTrusted || error.code == .corrupt {
            return nil
        }
    }

    /// The master key, nil where it lives elsewhere. Throws ``CVMFSError`` where it is another repository's.
    func masterKey() throws -> PrivateKey? {
        let key: PrivateKey
        do {
            key = try PrivateKey(file: keys.masterKey)
        } catch let error as CVMFSError where error.code == .notFound {
            return nil
        }
        guard try reader.masterKeys().contains(key.publicKey) else {
            throw CVMFSError(.notTrusted, "\(keys.publicKey) is not the public half of \(keys.masterKey)")
        }
        return key
    }

    /// Replaces the whitelist by one that lists these certificates.
    func writeWhitelist(fingerprints: [ContentHash], masterKey: PrivateKey, now: Date) throws {
        let request = WhitelistRequest(fqrn: fqrn, fingerprints: fingerprints)
        let bytes = try request.signed(by: masterKey, validity: Self.whitelistValidity, now: now)
        try repository.storage.replaceTopLevel(Whitelist.fileName, with: bytes)
    }
}
