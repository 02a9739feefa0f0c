/// The users that are stored for good, as a database has them; seen by the client for what no request can name.
///
/// What it throws becomes the reason of a ``RegistryError/Code/unusableCredentials``, so it has to be fit to be shown.
package protocol UserStore: Sendable {
    /// The names of the users at a registry, by its canonical host.
    func users(at host: String) async throws -> [String]
    /// A user's credentials as they are now; nil where there is no such user.
    func credentials(of user: String, at host: String) async throws -> RegistryCredentials?
    /// Stores a refresh token where `old` is still what is stored for the user; otherwise changes nothing.
    func replaceToken(_ old: String, of user: String, at host: String, by new: String) async throws
}
