import OCI

/// A bearer token and how long it is used.
struct Token: Sendable, Equatable {
    let value: String
    let expires: ContinuousClock.Instant

    /// Lifetime where the service tells none (Docker "Token Authentication Specification").
    static let defaultLifetime: Int64 = 60
    /// A token is not used in its last part of life: the request that it goes with takes time, too.
    private static let margin: Int64 = 10

    /// Reads a token service's answer. `start` is when it was asked. Throws ``OCIError`` with what is wrong.
    init(answer: [UInt8], start: ContinuousClock.Instant) throws {
        let reader = JSONReader(try JSONValue(parsing: answer, kind: "token answer"), kind: "token answer")
        let value = try reader.optional("token")?.string() ?? ""
        self.value = try value.isEmpty ? reader.member("access_token").string() : value
        // It becomes a header's value: no blank, nothing that ends a line.
        guard !self.value.isEmpty, self.value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw reader.fault("has no usable token")
        }
        let said: Int64? =
            switch try reader.optional("expires_in")?.value {
            case .integer(let seconds): seconds
            case .number(let seconds): Int64(min(max(seconds, 0), 86_400))
            default: nil
            }
        let lifetime = min(max(said ?? Self.defaultLifetime, 0), 86_400)
        expires = start + .seconds(lifetime - min(Self.margin, lifetime / 4))
    }
}
