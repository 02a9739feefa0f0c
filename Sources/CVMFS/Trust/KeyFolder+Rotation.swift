import Foundation
import SystemPackage

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
    func nextKeyPair(fqrn: String, validity: TimeInterval, now: Date) throws -> Certificate {
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
    func exchange(now: Date) throws -> [FilePath] {
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
