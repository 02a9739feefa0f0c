/// How far away a host is, as far as its spelling tells.
extension RegistryHost {
    /// What an address reaches.
    package enum Reach: Sendable, Equatable {
        /// This machine: 127.0.0.0/8, `::1`, `localhost`, and the unspecified address, which Linux connects to itself.
        case loopback
        /// This network segment: 169.254.0.0/16 and fe80::/10. Clouds serve machine credentials there.
        case linkLocal
        /// Anything else. DNS names are not resolved.
        case other
    }

    /// The reach of this host. A DNS name other than `localhost` is ``Reach/other``.
    package var reach: Reach {
        if isIPv6 {
            return IPAddress.v6(name)?.reach ?? .other
        }
        if let address = IPAddress.v4(name) {
            return address.reach
        }
        return name == "localhost" || name.hasSuffix(".localhost") ? .loopback : .other
    }
}
