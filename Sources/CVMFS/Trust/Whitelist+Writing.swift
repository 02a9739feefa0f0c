package import Foundation
import Plumbing

extension Whitelist {
    /// The file's bytes. Stock lets it be valid for 30 days; both times are cut to the second, and clients cut `expires`
    /// to the hour.
    package static func serialize(
        fqrn: String,
        fingerprints: [ContentHash],
        issued: Date,
        expires: Date,
        algorithm: HashAlgorithm,
        masterKey: PrivateKey
    ) throws -> [UInt8] {
        var lines = [CompactTime.text(issued), "E" + CompactTime.text(expires), "N" + fqrn]
        lines += fingerprints.map(line)
        let body = Array(lines.map { $0 + "\n" }.joined().utf8)
        return try SignedText(body: body, algorithm) { try masterKey.signRaw($0) }.bytes
    }

    /// Upper-case pairs joined by colons, then the algorithm's name in upper case where it has one.
    static func line(_ fingerprint: ContentHash) -> String {
        let pairs = fingerprint.digest.map { Hex.encode(CollectionOfOne($0)).uppercased() }
        return pairs.joined(separator: ":") + fingerprint.algorithm.suffix.uppercased()
    }
}
