import Foundation
import Plumbing

/// What a token service gives: a bearer token and how long it is used.
struct Token: Sendable, Equatable {
    let value: String
    let expires: ContinuousClock.Instant
    /// A refresh token, where it was asked for and is given.
    let refreshToken: String?

    /// Lifetime where the service tells none (Docker "Token Authentication Specification").
    static let defaultLifetime: Int64 = 60
    /// A token is not used in its last part of life: the request that it goes with takes time, too.
    private static let margin: Int64 = 10

    /// Reads a token service's answer. `start` is when it was asked, `date` the answer's `Date`, `now` the time of day. Throws
    /// ``JSONError`` with what is wrong.
    init(answer: [UInt8], start: ContinuousClock.Instant, date: String?, now: Date) throws {
        let reader = try JSONReader(parsing: answer, kind: "token answer")
        let token = try reader.optional("token")?.string() ?? ""
        value = try token.isEmpty ? reader.member("access_token").string() : token
        // It becomes a header's value: no blank, nothing that ends a line.
        guard Self.isUsable(value) else { throw reader.fault("has no usable token") }
        let refreshToken = try reader.optional("refresh_token")?.string() ?? ""
        self.refreshToken = Self.isUsable(refreshToken) ? refreshToken : nil

        let said: Int64? =
            switch try reader.optional("expires_in")?.value {
            case .integer(let seconds): seconds
            case .number(let seconds): Int64(min(max(seconds, 0), 86_400))
            default: nil
            }
        let whole = min(max(said ?? Self.defaultLifetime, 0), 86_400)
        let issued = try reader.optional("issued_at")?.value.string
        let lifetime = whole - Self.age(issued: issued, date, now, within: whole)
        expires = start + .seconds(lifetime - min(Self.margin, lifetime / 4))
    }

    private static func isUsable(_ token: String) -> Bool {
        !token.isEmpty && token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// The seconds that a token has lived already: services hand out one that they made before.
    ///
    /// Both times are the server's where it says its own, so that the two clocks need not agree. By our clock a token that would
    /// be too old already only tells that they do not.
    private static func age(issued: String?, _ date: String?, _ now: Date, within lifetime: Int64) -> Int64 {
        // A time that cannot be read is none: a token that is used for too long is refused and replaced.
        guard let issued, let start = try? Date(issued, strategy: .iso8601) else { return 0 }
        let served = date.flatMap(HTTPDate.parse)
        let age = Int64((served ?? now).timeIntervalSince(start).rounded(.down))
        if served == nil, age >= lifetime { return 0 }
        return min(max(age, 0), lifetime)
    }
}
