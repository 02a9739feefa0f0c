import Foundation

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
        try KeyFile.create([
            (folder.masterKey, masterKey.pem, 0o400), (folder.key, key.pem, 0o400),
            (folder.publicKey, masterKey.publicKey.pem, 0o444), (folder.certificate, certificate.pem, 0o444),
        ])
    }
}
