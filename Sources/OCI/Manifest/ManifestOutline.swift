import Plumbing

/// The members that tell what a document is, before it is read as that.
struct ManifestOutline {
    private let schemaVersion: Int64?
    private let mediaType: MediaType?
    private let hasConfig: Bool
    private let hasLayers: Bool
    private let isIndex: Bool
    private let hasSchema1Layers: Bool

    init(_ reader: JSONReader) throws {
        schemaVersion = try reader.optional("schemaVersion")?.integer()
        let own = try reader.optional("mediaType")?.string() ?? ""
        mediaType = own.isEmpty ? nil : MediaType(rawValue: own)
        hasConfig = try reader.optional("config") != nil
        hasLayers = try reader.optional("layers") != nil
        isIndex = try reader.optional("manifests") != nil
        hasSchema1Layers = try reader.optional("fsLayers") != nil
    }

    /// The document's type: its own word first, then the sender's, then its members.
    ///
    /// One document must not be an image to one reader and an index to another (CVE-2021-41190): contradictions are errors.
    /// Which of the two families (Docker, OCI) it was sent as is no contradiction, and nobody looks at `schemaVersion` but for
    /// schema 1.
    func type(sentAs sent: MediaType?) throws -> MediaType {
        try refuseSchema1(sentAs: sent)
        if isIndex, hasConfig || hasLayers { throw contradiction("it has the members of an index and of an image") }
        if let own = mediaType {
            try checkOwn(own, sentAs: sent)
            return own
        }
        guard isIndex || hasConfig else {
            throw contradiction("it has the members neither of an image nor of an index")
        }
        if let sent, sent.isManifest || sent.isIndex {
            guard sent.isIndex == isIndex else { throw contradiction("it was sent as \(sent), its members are not") }
            return sent
        }
        return isIndex ? .ociIndex : .ociManifest
    }

    private func contradiction(_ problem: String) -> OCIError {
        .invalidDocument(JSONError(kind: "manifest", problem: problem))
    }

    private func checkOwn(_ own: MediaType, sentAs sent: MediaType?) throws {
        guard own.isManifest || own.isIndex else {
            let type = Printable.text(own.rawValue, limit: 120)
            throw OCIError.unsupportedDocument(problem: "it is neither an image nor an index, but \(type)")
        }
        guard own.isIndex == isIndex else { throw contradiction("its mediaType is \(own), its members are not") }
        if let sent, sent.isManifest || sent.isIndex, sent.isIndex != own.isIndex {
            throw contradiction("its mediaType is \(own), but it was sent as \(sent)")
        }
    }

    private func refuseSchema1(sentAs sent: MediaType?) throws {
        guard schemaVersion == 1 || hasSchema1Layers || mediaType?.isSchema1 == true || sent?.isSchema1 == true else {
            return
        }
        throw OCIError.unsupportedDocument(
            problem: "it is a Docker schema 1 manifest, which names neither sizes nor a configuration;"
                + " push the image again with a current tool"
        )
    }
}
