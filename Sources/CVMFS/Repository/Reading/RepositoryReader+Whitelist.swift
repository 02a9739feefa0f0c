import Foundation
import Logging
import Plumbing
import SystemPackage

extension RepositoryReader {
    /// The whitelist, its signature verified.
    package func whitelist() throws -> Whitelist {
        guard let bytes = try store.readTopLevel(Whitelist.fileName) else {
            throw CVMFSError(.notTrusted, "\(store.location) has no \(Whitelist.fileName)")
        }
        return try verifiedWhitelist(bytes)
    }

    /// A whitelist of this repository from its bytes, its signature verified.
    func verifiedWhitelist(_ bytes: [UInt8]) throws -> Whitelist {
        let whitelist = try Whitelist(bytes)
        guard whitelist.fqrn == fqrn else {
            throw CVMFSError(.notTrusted, "the whitelist is that of \(Printable.text(whitelist.fqrn)), not of \(fqrn)")
        }
        try whitelist.verify(masterKeys: try masterKeys())
        return whitelist
    }

    /// Whether the master key can be read here, so that the whitelist can be renewed.
    package var canResign: Bool {
        FileManager.default.isReadableFile(atPath: keys.masterKey.string)
    }

    /// The certificates that a whitelist must list: the one in the keys folder, the one that waits there for a rotation,
    /// and the one of the published manifest as long as that is another.
    package func whitelistRequest() throws -> WhitelistRequest {
        let algorithm = try signedManifest().manifest.root.hash.algorithm
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
}
