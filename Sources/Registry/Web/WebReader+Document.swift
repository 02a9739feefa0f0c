import NIOHTTP1
import OCI
import Plumbing

/// A small file of a web server, whole, and what the server calls this version of it.
package struct WebDocument: Sendable, Equatable {
    /// All of its bytes.
    package let bytes: [UInt8]
    /// The value of `ETag`, if the server gives one.
    package let etag: String?
    /// What the server says that it is, as `text/html; charset=utf-8`, if it says so.
    package let contentType: String?

    /// A document.
    package init(bytes: [UInt8], etag: String?, contentType: String? = nil) {
        self.bytes = bytes
        self.etag = etag
        self.contentType = contentType
    }
}

extension WebReader {
    /// Reads a file; nil where the server says that it is still the version `etag`.
    ///
    /// Throws ``RegistryError``: for any other answer than 200 and 304, for a file larger than `limit` bytes, and where the
    /// connection breaks before its end.
    package func document(_ url: String, limit: Int, unless etag: String?) async throws -> WebDocument? {
        let response = try await get(url, headers: etag.map { ["If-None-Match": $0] } ?? [:])
        let purpose = Purpose(.readFile, url, host: response.url.host.description)
        if response.status == 304, etag != nil {
            await response.discardBody()
            return nil
        }
        guard response.status == 200 else {
            await response.discardBody()
            throw RegistryError(
                response.status == 404 ? .notFound : .unexpectedAnswer,
                purpose,
                detail: "the server answered \(response.status)"
            )
        }
        let request = RegistryRequest(
            .GET,
            response.url,
            for: purpose,
            registry: response.url,
            scope: .login,
            credentials: nil
        )
        var bytes: [UInt8] = []
        try await response.forEachChunk(fault: { RegistryError.network($0, request) }) { chunk in
            bytes += chunk
            guard bytes.count <= limit else {
                throw RegistryError(.tooLarge, purpose, detail: "it is larger than \(ByteCount.text(Int64(limit)))")
            }
        }
        return WebDocument(
            bytes: bytes,
            etag: response.headers.first(name: "ETag"),
            contentType: response.headers.first(name: "Content-Type")
        )
    }
}
