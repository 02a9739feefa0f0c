import Plumbing

/// Where a registry is: a DNS name or an IP address, with an optional port.
///
/// Two spellings of one host have the same ``name`` and ``port``; ``typed`` keeps what the operator wrote.
package struct RegistryHost: Sendable, Equatable, CustomStringConvertible {
    /// As written, `[::1]:5000` or `Docker.io`.
    package let typed: String
    /// The DNS name or IP address without brackets, lower case, IPv6 in its shortest form.
    package let name: String
    /// The port as written, if any.
    package let port: Int?
    /// Whether ``name`` is an IPv6 address and needs brackets.
    package let isIPv6: Bool

    /// Reads `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`. Throws ``OCIError/invalidReference(part:text:rule:)``.
    ///
    /// `allowsUnderscores` is for hosts of URLs that registries send: references may not have any, storage services do.
    package init(parsing text: some StringProtocol, allowsUnderscores: Bool = false) throws {
        let text = String(text)
        func refused(_ rule: String) -> OCIError {
            .invalidReference(part: .registry, text: Printable.text(text, limit: 280), rule: rule)
        }
        // By bytes: to `Character`, a sign with a combining accent is another sign.
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw OCIError.invalidReference(
                part: .registry,
                text: nil,
                rule: "must consist of printable ASCII characters"
            )
        }
        if text.contains("@") {
            throw OCIError.invalidReference(part: .registry, text: nil, rule: Self.userRule)
        }
        guard !text.isEmpty else { throw refused("must not be empty") }

        let name: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw refused("has a \"[\" without its \"]\"") }
            let literal = text[text.index(after: text.startIndex)..<end]
            guard let address = IPAddress.v6(literal) else {
                throw refused("must have an IPv6 address (without zone) between its brackets")
            }
            self.name = address.description
            isIPv6 = true
            rest = text[text.index(after: end)...]
        } else {
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            name = text[..<colon]
            rest = text[colon...]
            if rest.dropFirst().contains(":") { throw refused("has two \":\"; an IPv6 address needs brackets") }
            if let rule = HostName.brokenRule(name, allowsUnderscores: allowsUnderscores) { throw refused(rule) }
            self.name = name.lowercased()
            isIPv6 = false
        }
        if rest.isEmpty {
            port = nil
        } else {
            guard rest.first == ":", let number = Self.port(rest.dropFirst()) else {
                throw refused("must have a port from 1 to 65535 after its \":\"")
            }
            port = number
        }
        typed = text
    }

    /// Why a reference with a user name in it is refused.
    static let userRule = "must not hold a user name or password; store them with `wafer add-user`"

    private static func port(_ digits: Substring) -> Int? {
        guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard let port = Int(digits), (1...65_535).contains(port) else { return nil }
        return port
    }

    /// Lower-case `name[:port]` with brackets where needed, as it stands in a URL.
    package var description: String {
        let bracketed = isIPv6 ? "[\(name)]" : name
        return port.map { "\(bracketed):\($0)" } ?? bracketed
    }
}
