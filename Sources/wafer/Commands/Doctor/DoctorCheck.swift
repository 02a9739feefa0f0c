import Plumbing

/// What an examination found in one place.
struct DoctorCheck: Equatable, Sendable {
    /// How it stands there.
    enum Outcome: String, Sendable {
        case ok
        /// Works now, and will not for ever.
        case warning
        case failed
    }

    /// What was looked at, such as `whitelist`.
    let name: String
    let outcome: Outcome
    /// What was found.
    let text: String
    /// What to do about it.
    let remedy: String?

    static func ok(_ name: String, _ text: String) -> DoctorCheck {
        DoctorCheck(name: name, outcome: .ok, text: text, remedy: nil)
    }

    static func warning(_ name: String, _ text: String, remedy: String) -> DoctorCheck {
        DoctorCheck(name: name, outcome: .warning, text: text, remedy: remedy)
    }

    static func failed(_ name: String, _ text: String, remedy: String? = nil) -> DoctorCheck {
        DoctorCheck(name: name, outcome: .failed, text: text, remedy: remedy)
    }

    /// What a check of its own found, or why it could not be made; errors name their remedies.
    static func of(_ name: String, _ body: () async throws -> DoctorCheck) async -> DoctorCheck {
        do {
            return try await body()
        } catch {
            return .failed(name, ErrorText.describe(error))
        }
    }

    /// One line.
    var line: String {
        let text = Cell.text(text).shown
        return "\(outcome.rawValue)  \(name): \(text)\(remedy.map { "; to do: \(Cell.text($0).shown)" } ?? "")"
    }

    /// The same for a script.
    var json: JSONValue {
        .object([
            "check": .string(name), "outcome": .string(outcome.rawValue), "text": JSONValue.string(text),
            "remedy": remedy.map(JSONValue.string) ?? .null,
        ])
    }
}
