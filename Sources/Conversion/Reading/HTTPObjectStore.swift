import AsyncHTTPClient
package import CVMFS
import Foundation
import NIOCore
import NIOHTTP1
import Plumbing
import Registry

/// A repository's storage as its web server shows it to clients, for reading only: what is in S3 or behind a gateway has
/// no other form on this machine.
///
/// Plain http is as good as https here, for everything is checked by signature or hash. Calls block, as those of every
/// store: never on a cooperative thread.
package struct HTTPObjectStore: ObjectReader {
    /// Bytes of a body that wait for their reader.
    private static let bytesInFlight = 4 << 20
    private static let topLevelLimit = 256 << 20

    package let location: String

    /// A store below a URL such as `http://stratum0.example.org/cvmfs/cd.example.org`. Throws ``CVMFSError`` for what is
    /// none.
    package init(url: String) throws {
        guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme), parsed.host() != nil else {
            throw CVMFSError(.refused, "\"\(Printable.text(url))\" is no http URL at which a repository can be read")
        }
        location = url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// Most of the time of a small object is the way there and back.
    package var usefulReaders: Int { RepositoryClient.connections }

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
        let answer: HTTPClient.Response
        do {
            let request = try HTTPClient.Request(url: url(path), method: .HEAD, headers: RepositoryClient.headers)
            answer = try RepositoryClient.shared.execute(request: request).wait()
        } catch {
            throw failure(path, error)
        }
        if answer.status == .notFound { return nil }
        guard answer.status == .ok else { throw failure(path, "it answered \(answer.status.code)") }
        guard let length = answer.headers.first(name: "Content-Length").flatMap({ Int64($0) }), length >= 0 else {
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
        let pipe = BytePipe(capacity: Self.bytesInFlight)
        let url = url(path)
        let transfer = Task {
            do {
                pipe.finish(throwing: try await RepositoryClient.get(url, into: pipe) ? nil : Missing())
            } catch {
                pipe.finish(throwing: error)
            }
        }
        defer {
            transfer.cancel()
            pipe.cancel()
        }
        do {
            while let piece = try pipe.read() { try piece.withUnsafeBytes(body) }
            return true
        } catch is Missing {
            return false
        } catch let error as RepositoryClient.Refusal {
            throw failure(path, "it answered \(error.status)")
        } catch let error as RepositoryClient.Failure {
            throw failure(path, error.cause)
        }
    }

    private struct Missing: Error {}

    private func url(_ path: String) -> String { "\(location)/\(path)" }

    /// Calls block anyway: the server's certificate may be looked at once more.
    private func failure(_ path: String, _ error: any Error) -> CVMFSError {
        do {
            return failure(path, try RegistryError.networkCause(error, at: url(path)).wait())
        } catch {
            return failure(path, "\(error)")
        }
    }

    private func failure(_ path: String, _ cause: String) -> CVMFSError {
        CVMFSError(.system, "\(url(path)) cannot be read: \(cause)")
    }
}
