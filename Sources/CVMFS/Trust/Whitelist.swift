package import Foundation
import Plumbing

/// The whitelist of a repository, `.cvmfswhitelist`: the certificates that the master key allows, for a time
/// (docs/cvmfs-format.md §2.2).
package struct Whitelist: Sendable, Equatable {
    /// When it was made.
    package let issued: Date
    /// The time that the file says. It ends earlier: see ``isExpired(at:)``.
    package let expires: Date
    /// The repository's name.
    package let fqrn: String
    /// The listed certificates, each by the algorithm of its own.
    package let fingerprints: [ContentHash]
    /// The bytes that were signed, their hash and the signature.
    package let text: SignedText
    /// A line `V` or `W`: demands that cannot be met here.
    private let demand: String?

    /// The file's name at the top level of the storage.
    package static let fileName = ".cvmfswhitelist"

    /// Reads the file. Readers go by the position of the lines, and so does this. The signature remains to be verified
    /// by ``verify(masterKeys:)``. Throws ``CVMFSError`` which names the line.
    package init(_ bytes: [UInt8]) throws {
        text = try SignedText(parsing: bytes, "the whitelist")
        var lines = text.lines.map { String(decoding: $0, as: UTF8.self) }[...]
        func refuse(_ rule: String) -> CVMFSError {
            let line = lines.first.map { "\"\(Printable.text($0))\"" } ?? "its end"
            return CVMFSError(.corrupt, "the whitelist has \(line) where \(rule) should stand")
        }
        guard let issued = lines.first.flatMap(CompactTime.date) else { throw refuse("its issue time") }
        lines = lines.dropFirst()
        guard let line = lines.first, line.first == "E", let expires = CompactTime.date(line.dropFirst()) else {
            throw refuse("\"E\" and its expiry")
        }
        lines = lines.dropFirst()
        guard let line = lines.first, line.first == "N" else { throw refuse("\"N\" and the repository's name") }
        lines = lines.dropFirst()
        self.issued = issued
        self.expires = expires
        fqrn = String(line.dropFirst())
        demand = lines.first { $0.hasPrefix("V") || $0.hasPrefix("W") }
        fingerprints = lines.compactMap(Self.fingerprint)
    }

    /// A line's fingerprint: up to a blank, a tab or `#`, whatever its case and colons; nil for a line that is none.
    static func fingerprint(_ line: String) -> ContentHash? {
        let field = line.prefix { $0 != " " && $0 != "\t" && $0 != "#" }
        return ContentHash(field.lowercased().replacing(":", with: ""))
    }

    /// Whether clients refuse it at a time. They compare hours, so it ends with the start of the hour that ``expires``
    /// lies in.
    package func isExpired(at now: Date) -> Bool {
        now >= end
    }

    /// The first moment at which it is not valid any more.
    package var end: Date {
        Date(timeIntervalSince1970: (expires.timeIntervalSince1970 / 3600).rounded(.down) * 3600)
    }

    /// Whether it lists the certificate.
    package func allows(_ certificate: Certificate) throws -> Bool {
        try fingerprints.contains { try certificate.fingerprint($0.algorithm) == $0 }
    }

    /// Throws ``CVMFSError`` unless one of the master keys signed it.
    package func verify(masterKeys: [PublicKey]) throws {
        if let demand {
            throw CVMFSError(
                .notTrusted,
                "the whitelist of \(Printable.text(fqrn)) asks for a verification that is not supported: "
                    + "\"\(Printable.text(demand))\""
            )
        }
        let isSigned = try masterKeys.contains { try $0.verifyRaw(text.hashText, signature: text.signature) }
        guard isSigned else {
            throw CVMFSError(.notTrusted, "the whitelist of \(Printable.text(fqrn)) is not signed by the master key")
        }
    }
}
