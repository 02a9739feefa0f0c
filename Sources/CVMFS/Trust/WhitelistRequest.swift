package import Foundation
import Plumbing

/// What whoever holds the master key shall sign: the body of a whitelist without its times. It travels as a small text
/// file, since the master key may live on another machine.
package struct WhitelistRequest: Sendable, Equatable {
    /// The repository's name.
    package let fqrn: String
    /// The certificates to list, all by the repository's hash function.
    package let fingerprints: [ContentHash]

    /// A request for these certificates.
    init(fqrn: String, fingerprints: [ContentHash]) {
        self.fqrn = fqrn
        self.fingerprints = fingerprints
    }

    /// Reads the text. Throws ``CVMFSError`` which names the line.
    package init(_ text: String) throws {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        guard let first = lines.first, first.first == "N" else {
            throw CVMFSError(
                .corrupt,
                "not a request for a whitelist: its first line must be \"N\" and the repository's name"
            )
        }
        fqrn = String(first.dropFirst())
        try RepositoryName.validate(fqrn)
        fingerprints = try lines.dropFirst().map { line in
            guard let fingerprint = Whitelist.fingerprint(String(line)) else {
                throw CVMFSError(
                    .corrupt,
                    "the request has the line \"\(Printable.text(String(line)))\", which is no fingerprint"
                )
            }
            return fingerprint
        }
        guard !fingerprints.isEmpty else {
            throw CVMFSError(.corrupt, "the request for \(fqrn) lists no certificate")
        }
    }

    /// The text.
    package var text: String {
        (["N" + fqrn] + fingerprints.map(Whitelist.line)).map { $0 + "\n" }.joined()
    }

    /// The bytes of a whitelist that is valid for some seconds from now. Throws ``CVMFSError`` where the key cannot sign.
    package func signed(by masterKey: PrivateKey, validity: TimeInterval, now: Date) throws -> [UInt8] {
        try Whitelist.serialize(
            fqrn: fqrn,
            fingerprints: fingerprints,
            issued: now,
            expires: now.addingTimeInterval(validity),
            algorithm: fingerprints.first?.algorithm ?? .sha1,
            masterKey: masterKey
        )
    }
}
