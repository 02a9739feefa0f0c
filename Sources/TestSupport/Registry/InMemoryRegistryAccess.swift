/// Who may use an ``InMemoryRegistry``.
package enum InMemoryRegistryAccess: Sendable {
    /// Everybody.
    case open
    /// Users with their passwords, by Basic authentication.
    case basic([String: String])
    /// Users with their passwords, by tokens of its own service; with `anonymousPull`, everybody may read.
    /// `lifetime` is what the tokens' answers say, in seconds; nil says nothing.
    case token([String: String], anonymousPull: Bool = false, lifetime: Int? = nil)
}
