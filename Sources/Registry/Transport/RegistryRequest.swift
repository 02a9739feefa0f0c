package import NIOHTTP1

/// One request to a registry, with what errors and authentication need to know of it.
package struct RegistryRequest: Sendable {
    /// The method.
    package var method: HTTPMethod
    /// Where it goes.
    package var url: RequestURL
    /// Header fields beside those that the transports add.
    package var headers = HTTPHeaders()
    /// What is sent, nil for no body.
    package var body: [UInt8]?
    /// Where its connection may end.
    package var limit = AddressLimit.none
    /// What it is a part of.
    package let purpose: Purpose
    /// Which token it needs.
    package var scope: TokenScope
    /// The user, nil for an anonymous one.
    package var credentials: RegistryCredentials?
    /// Whether the registry is asked as a mirror of another one: the database may have a user for it.
    package var isForMirror = false
    /// Whether it goes as everybody's would: without any user, and without a certificate of this program's own.
    package var isAnonymous = false
    /// What is left of the attempts of the work that this is a part of; nil for a budget of its own.
    package var retries: RetryBudget?
    /// The longest time to the head of the answer; nil for the usual one.
    package var headTimeout: Duration?
    /// The registry that credentials and tokens belong to: they are sent to this origin only.
    package let registry: RequestURL

    /// A request to a registry.
    package init(
        _ method: HTTPMethod,
        _ url: RequestURL,
        for purpose: Purpose,
        registry: RequestURL,
        scope: TokenScope,
        credentials: RegistryCredentials?
    ) {
        self.method = method
        self.url = url
        self.purpose = purpose
        self.registry = registry
        self.scope = scope
        self.credentials = credentials
    }
}
