/// One way to log in that a server offers in `WWW-Authenticate` (RFC 9110 §11.6.1).
package struct Challenge: Sendable, Equatable {
    /// The scheme in lower case, `bearer` or `basic`.
    package let scheme: String
    /// The parameters, names in lower case, values without quotes. Of two with one name the first counts.
    package let parameters: [String: String]

    /// Makes a challenge.
    package init(scheme: String, parameters: [String: String] = [:]) {
        self.scheme = scheme
        self.parameters = parameters
    }

    /// Whether it asks for the same login at the same service. What it asks it for (`scope`, `error`) may differ.
    func isSameLogin(as other: Challenge) -> Bool {
        scheme == other.scheme
            && ["realm", "service"].allSatisfy { parameters[$0] == other.parameters[$0] }
    }

    /// Every challenge of the header's values. What cannot be read ends its value: the challenges before it count.
    package static func parse(_ values: [String]) -> [Challenge] {
        values.flatMap { value in
            var parser = ChallengeParser(value)
            return parser.challenges()
        }
    }
}
