import AsyncHTTPClient
import Foundation
import OCI
import Plumbing

/// A proxy: `[http://|socks5://][USER:PASSWORD@]HOST[:PORT]`.
package struct ProxyAddress: Sendable, Hashable, CustomStringConvertible {
    let isSOCKS: Bool
    private let host: String
    private let port: Int
    private let user: String?
    private let password: String

    /// What a proxy's address must be.
    package struct Fault: Error, CustomStringConvertible {
        /// Names no password.
        package let description: String
    }

    /// Reads the value of a variable. Throws ``Fault``.
    package init(parsing text: String) throws {
        var rest = Substring(text)
        var scheme = "http"
        if let mark = rest.firstRange(of: "://") {
            scheme = rest[..<mark.lowerBound].lowercased()
            rest = rest[mark.upperBound...]
        }
        guard ["http", "socks5", "socks5h"].contains(scheme) else {
            throw Fault(
                description:
                    "a proxy that is reached by \(Printable.text(scheme, limit: 20)) is not known: http and socks5 are"
            )
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var address = authority
        if let mark = authority.lastIndex(of: "@") {
            let parts = authority[..<mark].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(parts[0])
            let word = try parts.count == 2 ? Self.decoded(parts[1]) : ""
            if let fault = LoginRule.fault(ofUser: name) ?? LoginRule.fault(ofSecret: word) {
                throw Fault(description: "\(fault), not even as %NN")
            }
            (user, password) = (name, word)
            address = authority[authority.index(after: mark)...]
        } else {
            user = nil
            password = ""
        }
        isSOCKS = scheme != "http"
        do {
            let parsed = try RegistryHost(parsing: address, allowsUnderscores: true)
            host = parsed.name
            port = parsed.port ?? (isSOCKS ? 1080 : 80)
        } catch {
            throw Fault(description: "\"\(Printable.text(String(address), limit: 100))\" is no address of a proxy")
        }
    }

    private static func decoded(_ part: Substring) throws -> String {
        guard let text = String(part).removingPercentEncoding else {
            throw Fault(description: "in the user and password of a proxy a \"%\" has to be written as %25")
        }
        return text
    }

    /// The same for the HTTP client.
    var configuration: HTTPClient.Configuration.Proxy {
        if isSOCKS { return .socksServer(host: host, port: port) }
        return .server(host: host, port: port, authorization: basic)
    }

    /// What requests to the proxy itself begin with.
    var url: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// The value of `Proxy-Authorization`; nil where nobody logs in.
    var authorization: String? { basic?.headerValue }

    private var basic: HTTPClient.Authorization? {
        user.map { HTTPClient.Authorization.basic(username: $0, password: password) }
    }

    /// Without user and password.
    package var description: String { "\(isSOCKS ? "socks5" : "http")://\(host):\(port)" }
}
