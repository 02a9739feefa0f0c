import OCI

/// Which requests go through which proxy, as the environment says.
///
/// The rules are those of Go's programs (golang.org/x/net/http/httpproxy), docker among them, so that a machine which is set up
/// for these is for this one: variables in upper or lower case, and nothing on this machine is reached through a proxy.
package struct ProxySettings: Sendable {
    private let http: ProxyAddress?
    private let https: ProxyAddress?
    private let exceptions: ProxyExceptions

    /// Everything directly.
    package static let none = ProxySettings()

    private init() {
        http = nil
        https = nil
        exceptions = ProxyExceptions("")
    }

    /// Reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. Throws ``ProxyAddress/Fault``, naming the variable.
    package init(environment: [String: String]) throws {
        func value(_ name: String) -> (name: String, text: String)? {
            for name in [name, name.lowercased()] {
                if let text = environment[name], !text.isEmpty { return (name, text) }
            }
            return nil
        }
        func proxy(_ name: String) throws -> ProxyAddress? {
            guard let (name, text) = value(name) else { return nil }
            do {
                return try ProxyAddress(parsing: text)
            } catch let fault as ProxyAddress.Fault {
                throw ProxyAddress.Fault(description: "\(name): \(fault.description)")
            }
        }
        http = try proxy("HTTP_PROXY")
        https = try proxy("HTTPS_PROXY")
        exceptions = ProxyExceptions(value("NO_PROXY")?.text ?? "")
    }

    /// The proxy of a request; nil for none.
    package func proxy(for url: RequestURL) -> ProxyAddress? {
        guard let proxy = url.scheme == .https ? https : http else { return nil }
        if url.host.reach == .loopback { return nil }
        return exceptions.contain(url.host.name, port: url.host.port ?? url.scheme.defaultPort) ? nil : proxy
    }
}
