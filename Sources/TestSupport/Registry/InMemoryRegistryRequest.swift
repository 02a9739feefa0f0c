import Foundation

/// A request that an ``InMemoryRegistry`` got.
package struct InMemoryRegistryRequest: Sendable {
    /// `GET` …
    package let method: String
    /// The path without its query.
    package let path: String
    /// The query without its "?", empty where there is none.
    package let query: String
    /// The header fields in their order.
    package let headers: [(name: String, value: String)]
    /// The body.
    package let body: [UInt8]

    init(method: String, target: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.method = method
        // What comes through a proxy names its host (RFC 9112 §3.2.2).
        var target = target
        if target.hasPrefix("http://") {
            target = String(target.dropFirst("http://".count).drop { $0 != "/" })
        }
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        path = String(target[..<mark])
        query = String(target[mark...].dropFirst())
        self.headers = headers
        self.body = body
    }

    /// The value of a header field, whatever the case of its name.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The values of a query item, decoded.
    package func queryValues(_ name: String) -> [String] { Self.values(name, in: query) }

    /// The values of a form's item in the body, decoded.
    package func formValues(_ name: String) -> [String] {
        Self.values(name, in: String(decoding: body, as: UTF8.self))
    }

    private static func values(_ name: String, in items: String) -> [String] {
        items.split(separator: "&").compactMap { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == name else { return nil }
            return String(parts[1]).removingPercentEncoding
        }
    }
}
