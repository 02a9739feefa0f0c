import Plumbing

/// Where an image in the repository comes from: `provenance.json` beside its manifest.
struct Provenance: Codable, Sendable, Equatable {
    /// The reference as the operator typed it.
    let source: String
    /// What it resolved to: the digest of the index where there was one, else of the manifest.
    let referenceDigest: String
    let manifestDigest: String
    let configDigest: String
    let platform: String
    /// When this revision was made, RFC 3339.
    let converted: String
    /// Who made it.
    let writer: String
    /// What was left out or is worth a warning, by layer and kind.
    let notes: [String: [String: Int]]

    enum CodingKeys: String, CodingKey {
        case source
        case referenceDigest = "reference_digest"
        case manifestDigest = "manifest_digest"
        case configDigest = "config_digest"
        case platform
        case converted
        case writer
        case notes
    }

    func encoded() throws -> [UInt8] {
        try JSONDocument.encode(self)
    }
}
