import CVMFS
import Foundation
import Plumbing
package import Registry
package import StockServer
import SystemPackage

/// The gateway that writes a repository, as far as it tells of itself without a key (docs/cvmfs-format.md §9).
package struct Gateway: Sendable {
    /// Why nothing can be published through it.
    package struct Trouble: Error {
        /// What was found.
        package let text: String
        /// What to do about it.
        package let remedy: String
    }

    private let fqrn: String
    private let url: String
    private let keyFile: FilePath
    private let web: WebReader

    private static let timeout = Duration.seconds(20)
    private static let answerLimit = 1 << 20

    /// The gateway of a repository; nil where none writes it.
    package init?(_ repository: ServerRepository, web: WebReader) {
        guard let url = repository.gatewayURL else { return nil }
        self.web = web
        fqrn = repository.fqrn
        self.url = url
        keyFile = repository.keys.appending("\(fqrn).gw")
    }

    /// Asks it about the repository and about this machine's key. Returns what it says; throws ``Trouble``.
    package func examine() async throws -> String {
        let place = Printable.text(url)
        let answer = try await ask()
        guard answer["status"]?.string == "ok", let data = answer["data"]?.object else {
            let reason = answer["reason"]?.string ?? "it gives no reason"
            throw Trouble(
                text: "\(place) does not take publications of \(fqrn): \(Printable.text(reason))",
                remedy: "name the repository and its key in the gateway's repo.json, and start it again"
            )
        }
        guard data["enabled"] != .bool(false) else {
            throw Trouble(
                text: "\(place) has \(fqrn) disabled",
                remedy: "ask the gateway's operator: that is so during a garbage collection, too"
            )
        }
        try await BlockingExecutor.shared.run { try checkKey(data["keys"]?.object ?? [:]) }
        return "\(place) takes publications"
    }

    private func ask() async throws -> [String: JSONValue] {
        let body: [UInt8]
        do {
            body = try await web.small("\(url)/repos/\(fqrn)", limit: Self.answerLimit, headTimeout: Self.timeout)
        } catch let error as RegistryError {
            throw silence(error.cause)
        }
        do {
            return try JSONValue(parsing: body).object ?? [:]
        } catch {
            throw silence("\(error)")
        }
    }

    private func silence(_ cause: String) -> Trouble {
        Trouble(
            text: "\(Printable.text(url)) does not answer as a gateway: \(cause)",
            remedy: "start cvmfs-gateway there, or correct CVMFS_UPSTREAM_STORAGE in server.conf"
        )
    }

    /// The key's name is no secret; what is behind it is not looked at. Blocks.
    private func checkKey(_ known: [String: JSONValue]) throws {
        let bytes: [UInt8]
        do {
            guard let read = try NamedFile.read(keyFile, limit: 64 << 10, links: .ofTheFolder) else {
                throw Trouble(text: "\(keyFile) is missing", remedy: "bring the gateway's key there")
            }
            bytes = read
        } catch FileFault.system(.permissionDenied) {
            // cvmfs_server reads it as the repository's owner.
            return
        } catch let fault as FileFault {
            throw Trouble(
                text: "\(keyFile) cannot be read: \(fault)",
                remedy: "see that cvmfs_server can read the gateway's key there"
            )
        }
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 3, words[0] == "plain_text" else {
            throw Trouble(text: "\(keyFile) is no key of a gateway", remedy: "write `plain_text NAME SECRET` into it")
        }
        let name = Printable.text(String(words[1]))
        guard let path = known[String(words[1])] else {
            throw Trouble(
                text: "\(Printable.text(url)) does not know the key \(name) of \(keyFile)",
                remedy: "name the key in the gateway's repo.json, or bring another"
            )
        }
        guard path.string == "/" else {
            throw Trouble(
                text: "the key \(name) of \(keyFile) is for \(Printable.text(path.string ?? "?")) in \(fqrn) only",
                remedy: "give it the path / in the gateway's repo.json: layers and images lie in several directories"
            )
        }
    }
}
