/// How a registry let somebody in.
package struct LoginReport: Sendable, Equatable {
    /// Who; nil where nobody logged in.
    package let user: RegistryCredentials?
    /// `basic` or `bearer`; nil where the registry asks for no login.
    package let scheme: String?
    /// The address of the token service, without its query; nil where there is none.
    package let tokenService: String?
}
