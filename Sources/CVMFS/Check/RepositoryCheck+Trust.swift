import Foundation
import Plumbing

extension RepositoryCheck {
    /// The manifest, nil where there is none to go on with.
    func checkManifest(_ faults: FaultCollector) -> SignedManifest? {
        let name = RepositoryManifest.fileName
        let signed = faults.attempt(.manifest, name) {
            guard let bytes = try store.readTopLevel(name) else {
                throw CVMFSError(.notFound, "is missing: nothing is published here")
            }
            return try RepositoryManifest.parse(bytes)
        }
        guard let signed else { return nil }
        if signed.manifest.fqrn != fqrn {
            let found = Printable.text(signed.manifest.fqrn)
            faults.add(.manifest, name, "is of the repository \"\(found)\", not of \(Printable.text(fqrn))")
        }
        return signed
    }

    /// The chain from the master key to the manifest.
    func checkTrust(_ signed: SignedManifest, _ objects: ObjectCheck, _ faults: FaultCollector) {
        let certificate = checkCertificate(signed, objects, faults)
        let name = Whitelist.fileName
        let whitelist = faults.attempt(.whitelist, name) {
            guard let bytes = try store.readTopLevel(name) else { throw CVMFSError(.notFound, "is missing") }
            return try Whitelist(bytes)
        }
        guard let whitelist else { return }
        if whitelist.fqrn != fqrn {
            let found = Printable.text(whitelist.fqrn)
            faults.add(.whitelist, name, "is of the repository \"\(found)\", not of \(Printable.text(fqrn))")
        }
        if whitelist.isExpired(at: now) {
            faults.add(.whitelistExpiry, name, "expired at \(whitelist.end.formatted(.iso8601)): sign a new one")
        }
        _ = faults.attempt(.whitelistSignature, name) { try whitelist.verify(masterKeys: masterKeys) }
        guard let certificate else { return }
        _ = faults.attempt(.whitelist, name) {
            try blacklist.check(certificate, fqrn: fqrn, revision: signed.manifest.revision)
            guard try whitelist.allows(certificate) else {
                throw CVMFSError(
                    .notTrusted,
                    "does not list the certificate with the fingerprint \(try certificate.fingerprint(.sha1))"
                )
            }
        }
    }

    private func checkCertificate(
        _ signed: SignedManifest,
        _ objects: ObjectCheck,
        _ faults: FaultCollector
    ) -> Certificate? {
        guard let hash = signed.manifest.certificate else {
            faults.add(.manifestSignature, RepositoryManifest.fileName, "names no certificate")
            return nil
        }
        let certificate = faults.attempt(.manifestSignature, hash.objectPath(.certificate)) {
            try Certificate(pem: objects.load(hash, .certificate))
        }
        guard let certificate else { return nil }
        _ = faults.attempt(.manifestSignature, RepositoryManifest.fileName) {
            try signed.verify(certificate: certificate)
        }
        return certificate
    }

    func checkAlternativePaths(_ manifest: RepositoryManifest, _ faults: FaultCollector) {
        for name in manifest.alternativePaths.map(RepositoryManifest.alternativePath) {
            _ = faults.attempt(.alternativePath, name) {
                guard try store.readTopLevel(name) != nil else { throw CVMFSError(.notFound, "is missing") }
            }
        }
    }
}
