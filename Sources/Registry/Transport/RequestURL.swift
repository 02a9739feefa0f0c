package import OCI
import Plumbing

/// An absolute http or https URL with a checked host. Its description leaves the query out, which may hold secrets.
package struct RequestURL: Sendable, Equatable, CustomStringConvertible {
    /// The protocol.
    package let scheme: ImageReference.Scheme
    /// The host and port.
    package let host: RegistryHost
    /// Path and query as they are sent, beginning with "/".
    package let target: String

    /// A URL of the reference's registry; `insecure` has it spoken to in clear text whatever the reference says.
    package init(registry reference: ImageReference, target: String, insecure: Bool = false) throws {
        scheme = insecure ? .http : reference.scheme
        host = try RegistryHost(parsing: reference.apiHost)
        self.target = target
    }

    private init(scheme: ImageReference.Scheme, host: RegistryHost, target: String) {
        self.scheme = scheme
        self.host = host
        self.target = target
    }

    /// Reads an absolute URL that a server sent. Throws ``RequestURLFault``.
    package init(parsing text: String) throws(RequestURLFault) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RequestURLFault(reason: "has characters that no URL has")
        }
        guard let mark = text.firstRange(of: "://"),
            let scheme = ImageReference.Scheme(rawValue: text[..<mark.lowerBound].lowercased())
        else { throw RequestURLFault(reason: "is neither an http nor an https URL") }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        if authority.contains("@") { throw RequestURLFault(reason: "holds a user name or password") }
        do {
            host = try RegistryHost(parsing: authority, allowsUnderscores: true)
        } catch OCIError.invalidReference(_, _, let rule) {
            throw RequestURLFault(reason: "has a host that \(rule)")
        } catch {
            throw RequestURLFault(reason: "has a host that is none (\(error))")
        }
        let target = rest[authority.endIndex...]
        self.scheme = scheme
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// The URL that a `Location` header means here (RFC 9110 §10.2.2). Throws ``RequestURLFault``.
    package func resolving(_ location: String) throws(RequestURLFault) -> RequestURL {
        let path = target.prefix { $0 != "?" }
        let base = "\(scheme.rawValue)://\(host)"
        if location.hasPrefix("//") { return try RequestURL(parsing: "\(scheme.rawValue):\(location)") }
        if location.hasPrefix("/") { return try RequestURL(parsing: base + location) }
        if location.hasPrefix("?") { return try RequestURL(parsing: base + path + location) }
        let schemeEnd = location.firstIndex { ":/?#".contains($0) }
        if let schemeEnd, location[schemeEnd] == ":" { return try RequestURL(parsing: location) }
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        return try RequestURL(parsing: base + folder + location)
    }

    /// The same path and query at another server.
    func at(_ other: RequestURL) -> RequestURL {
        RequestURL(scheme: other.scheme, host: other.host, target: target)
    }

    /// The URL with items added to its query, which stays as it is: registries sign theirs.
    package func adding(query items: [(name: String, value: String)]) -> RequestURL {
        var target = target
        for (name, value) in items {
            target += target.contains("?") ? (target.hasSuffix("?") || target.hasSuffix("&") ? "" : "&") : "?"
            target += "\(Self.percentEncoded(name))=\(Self.percentEncoded(value))"
        }
        return RequestURL(scheme: scheme, host: host, target: target)
    }

    /// Items as a form writes them (`application/x-www-form-urlencoded`; "%20" is as good as "+").
    static func form(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }.joined(separator: "&")
    }

    static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return encoded
    }

    /// The complete URL, for the network only.
    package var text: String { "\(scheme.rawValue)://\(host)\(target)" }

    package static func == (left: RequestURL, right: RequestURL) -> Bool { left.text == right.text }

    /// The URL for people: without its query.
    package var description: String {
        let path = target.prefix { $0 != "?" }
        let shown = Printable.text(String(path), limit: 300)
        return "\(scheme.rawValue)://\(host)\(shown)\(path.endIndex == target.endIndex ? "" : "?…")"
    }

    /// Scheme, host and port: what decides whether credentials may be sent along (RFC 6454).
    package var origin: String {
        let port = host.port ?? scheme.defaultPort
        return "\(scheme.rawValue)://\(host.isIPv6 ? "[\(host.name)]" : host.name):\(port)"
    }
}

/// Why a text is not a URL that may be requested; the sentence goes on from the URL's name.
package struct RequestURLFault: Error, Equatable {
    /// As "is neither an http nor an https URL".
    package let reason: String
}
