package import CVMFS
import Foundation
import NIOHTTP1
import Plumbing
package import Registry

/// A repository's storage as its web server shows it to clients, for reading only: what is in S3 or behind a gateway has
/// no other form on this machine.
///
/// Plain http is as good as https here, for everything is checked by signature or hash. Calls block, as those of every
/// store: never on a cooperative thread.
package struct HTTPObjectStore: ObjectReader {
    /// Bytes of a body that wait for their reader.
    private static let bytesInFlight = 4 << 20
    /// Requests that are worth having under way at a time.
    private static let connections = 16
    private static let topLevelLimit = 256 << 20

    package let location: String
    private let web: WebReader

    /// A store below a URL such as `http://stratum0.example.org/cvmfs/cd.example.org`. Throws ``CVMFSError`` for what is
    /// none.
    package init(url: String, web: WebReader) throws {
        guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme), parsed.host() != nil else {
            throw CVMFSError(.refused, "\"\(Printable.text(url))\" is no http URL at which a repository can be read")
        }
        self.web = web
        location = url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// Most of the time of a small object is the way there and back.
    package var usefulReaders: Int { Self.connections }

    package func read(
        _ hash: ContentHash,
        _ kind: ObjectKind,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard try stream(hash.objectPath(kind), body) else {
            throw CVMFSError(.notFound, "object \(hash)\(kind.letter) is missing at \(location)")
        }
    }

    /// Nil: what a web server says of it is when the file came there.
    package func modified(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64? { nil }

    package func size(of hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        let path = hash.objectPath(kind)
        var text: [UInt8] = []
        let isThere = try transfer(path) { web, url, pipe in
            let answer = try await web.head(url)
            if answer.status == 404 { return false }
            guard answer.status == 200 else { throw Refusal(reason: "it answered \(answer.status)") }
            guard let length = answer.headers.first(name: "Content-Length") else {
                throw Refusal(reason: "it does not tell the length")
            }
            try await pipe.write(Array(length.utf8))
            return true
        } read: {
            text += $0
        }
        if !isThere { return nil }
        guard let length = Int64(String(decoding: text, as: UTF8.self)), length >= 0 else {
            throw failure(path, "it does not tell the length")
        }
        return length
    }

    package func readTopLevel(_ name: String) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        let isThere = try stream(name) { piece in
            guard bytes.count + piece.count <= Self.topLevelLimit else {
                throw failure(name, "it has more than \(Self.topLevelLimit) bytes")
            }
            bytes.append(contentsOf: piece)
        }
        return isThere ? bytes : nil
    }

    /// Reads what lies at a path; false where there is nothing.
    private func stream(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        try transfer(path) { web, url, pipe in
            let answer = try await web.get(url)
            if answer.status == 404 { return false }
            guard answer.status == 200 else { throw Refusal(reason: "it answered \(answer.status)") }
            try await web.copy(answer, of: url, into: pipe)
            return true
        } read: { piece in
            try piece.withUnsafeBytes(body)
        }
    }

    /// Lets a task of its own fetch what is read here; false where it found nothing.
    private func transfer(
        _ path: String,
        _ fetch: @escaping @Sendable (WebReader, String, BytePipe) async throws -> Bool,
        read: ([UInt8]) throws -> Void
    ) throws -> Bool {
        let pipe = BytePipe(capacity: Self.bytesInFlight)
        let (web, url) = (web, url(path))
        let task = Task {
            do {
                pipe.finish(throwing: try await fetch(web, url, pipe) ? nil : Missing())
            } catch {
                pipe.finish(throwing: error)
            }
        }
        defer {
            task.cancel()
            pipe.cancel()
        }
        do {
            while let piece = try pipe.read() { try read(piece) }
            return true
        } catch is Missing {
            return false
        } catch let error as Refusal {
            throw failure(path, error.reason)
        } catch let error as RegistryError {
            throw failure(path, error.cause)
        } catch let error as ThreadError {
            throw failure(path, "\(error)")
        }
    }

    private struct Missing: Error {}

    /// The web server has something else to say than the file.
    private struct Refusal: Error {
        let reason: String
    }

    private func url(_ path: String) -> String { "\(location)/\(path)" }

    private func failure(_ path: String, _ cause: String) -> CVMFSError {
        CVMFSError(.system, "\(url(path)) cannot be read: \(cause)")
    }
}
