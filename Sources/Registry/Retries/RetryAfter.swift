package import Foundation
package import NIOHTTP1

/// The header `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
package enum RetryAfter {
    /// How long an answer asks to wait; nil where it does not, or unreadably. A date in the past asks for no wait.
    package static func wait(_ headers: HTTPHeaders, now: Date) -> Duration? {
        guard let text = headers.first(name: "Retry-After") else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return .seconds(Int64(text.prefix(9)) ?? 0)
        }
        guard let date = HTTPDate.parse(text) else { return nil }
        // The registry's own clock, where it tells the time: ours may be wrong.
        let base = headers.first(name: "Date").flatMap(HTTPDate.parse) ?? now
        return .seconds(min(max(date.timeIntervalSince(base), 0), 1e9))
    }
}
