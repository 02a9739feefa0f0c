import Plumbing

/// A manifest or index exactly as the registry sent it, with what it turned out to be.
package struct RawManifest: Sendable, Equatable {
    /// What a registry keeps under a tag.
    package enum Decoded: Sendable, Equatable {
        case image(Manifest)
        case index(Index)
    }

    /// The exact bytes: the digest is theirs.
    package let bytes: [UInt8]
    /// The type: the document's own, else the one it was sent with.
    package let mediaType: MediaType
    /// The digest of ``bytes``.
    package let digest: Digest
    /// The document.
    package let decoded: Decoded
    /// The type of the other family (Docker, OCI) that it was sent with; nil where it was sent with its own.
    package let mistakenType: MediaType?

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - contentType: The type it was sent with, where it was sent.
    ///   - algorithm: The hash of its digest.
    /// - Throws: ``OCIError`` when it is no manifest or index of image schema 2, or contradicts itself or its sender.
    package init(bytes: [UInt8], contentType: String? = nil, algorithm: Digest.Algorithm = .sha256) throws {
        digest = try Digest.of(bytes, algorithm)
        do {
            let reader = try JSONReader(parsing: bytes, kind: "manifest")
            let sent = contentType.map(MediaType.init(contentType:))
            let type = try ManifestOutline(reader).type(sentAs: sent)
            mediaType = type
            mistakenType = sent.flatMap { ($0.isManifest || $0.isIndex) && $0 != type ? $0 : nil }
            decoded = mediaType.isIndex ? .index(try Index(reader)) : .image(try Manifest(reader))
        } catch let error as JSONError {
            throw OCIError.invalidDocument(error)
        }
        self.bytes = bytes
    }
}
