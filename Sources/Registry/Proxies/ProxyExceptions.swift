import Foundation

/// `NO_PROXY`: hosts, domains, addresses and networks, each with an optional port; `*` for all.
struct ProxyExceptions: Sendable {
    private enum Rule: Sendable {
        case all
        /// A name, and the names below it.
        case domain(String, port: Int?)
        /// The names below it only.
        case below(String, port: Int?)
        case address([UInt8], port: Int?)
        case network([UInt8], bits: Int)
    }

    private let rules: [Rule]

    init(_ text: String) {
        rules = text.split(separator: ",").compactMap {
            Self.rule($0.trimmingCharacters(in: .whitespaces).lowercased())
        }
    }

    func contain(_ host: String, port: Int) -> Bool {
        let address = Self.address(host)
        return rules.contains { rule in
            switch rule {
            case .all: true
            case .domain(let name, let only):
                (only ?? port) == port && address == nil && (host == name || host.hasSuffix(".\(name)"))
            case .below(let name, let only): (only ?? port) == port && address == nil && host.hasSuffix(".\(name)")
            case .address(let bytes, let only): (only ?? port) == port && address == bytes
            case .network(let bytes, let bits): address.map { Self.share(bits, $0, bytes) } ?? false
            }
        }
    }

    private static func rule(_ text: String) -> Rule? {
        if text.isEmpty { return nil }
        if text == "*" { return .all }
        if let slash = text.firstIndex(of: "/") {
            guard let bytes = address(String(text[..<slash])), let bits = Int(text[text.index(after: slash)...]),
                (0...bytes.count * 8).contains(bits)
            else { return nil }
            return .network(bytes, bits: bits)
        }
        let (name, port) = split(text)
        if let bytes = address(name) { return .address(bytes, port: port) }
        if name.hasPrefix("*.") { return .below(String(name.dropFirst(2)), port: port) }
        if name.hasPrefix(".") { return .below(String(name.dropFirst()), port: port) }
        return name.isEmpty ? nil : .domain(name, port: port)
    }

    /// `NAME:PORT`, `[IPV6]:PORT`; an IPv6 address needs no brackets where it has no port.
    private static func split(_ text: String) -> (String, Int?) {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let name = String(text[text.index(after: text.startIndex)..<end])
            return (name, Int(text[end...].dropFirst(2)))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = Int(parts[1]) else { return (text, nil) }
        return (String(parts[0]), port)
    }

    /// The 4 or 16 bytes of an IP address.
    private static func address(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        if inet_pton(AF_INET6, text, &bytes) == 1 { return bytes }
        return nil
    }

    private static func share(_ bits: Int, _ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        for (index, (left, right)) in zip(one, other).enumerated() {
            let rest = bits - index * 8
            if rest <= 0 { return true }
            let mask = rest >= 8 ? 0xFF : UInt8(truncatingIfNeeded: 0xFF00 >> rest)
            if left & mask != right & mask { return false }
        }
        return true
    }
}
