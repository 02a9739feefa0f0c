package import NIOHTTP1

/// What Docker Hub says of the pulls that it allows: `ratelimit-limit: 100;w=21600` and `ratelimit-remaining: 76;w=21600`.
package struct RateLimit: Sendable, Equatable {
    /// Pulls that are allowed in a window.
    package let limit: Int
    /// Those that are left of it.
    package let remaining: Int
    /// The window.
    package let window: Duration

    /// Reads an answer's headers; nil where they do not tell.
    package init?(_ headers: HTTPHeaders) {
        guard let limit = Self.parse(headers.first(name: "RateLimit-Limit")),
            let remaining = Self.parse(headers.first(name: "RateLimit-Remaining")), limit.count > 0,
            let window = limit.window ?? remaining.window
        else { return nil }
        self.limit = limit.count
        self.remaining = remaining.count
        self.window = .seconds(window)
    }

    /// `COUNT;w=SECONDS`.
    private static func parse(_ text: String?) -> (count: Int, window: Int?)? {
        let parts = (text ?? "").split(separator: ";").map { $0.filter { $0 != " " } }
        guard let first = parts.first, let count = Int(first), count >= 0 else { return nil }
        let window = parts.dropFirst().first { $0.hasPrefix("w=") }.flatMap { Int($0.dropFirst(2)) }
        return (count, window.flatMap { (1...31_536_000).contains($0) ? $0 : nil })
    }

    /// The time in which one pull comes back.
    var spacing: Duration { min(max(window / limit, .seconds(1)), .seconds(900)) }

    /// Below so many, pulls are paced: those in flight must not run into the limit.
    var defaultReserve: Int { min(max(2, limit / 10), 32) }
}
