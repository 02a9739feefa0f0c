package import Plumbing

/// How far away a host is, as far as its spelling tells.
extension RegistryHost {
    /// What an address reaches.
    package enum Reach: Sendable, Equatable {
        /// This machine and nothing else: 127.0.0.0/8, `::1`, `localhost`, and the unspecified address, which Linux connects
        /// to itself.
        case loopback
        /// This machine by an address that others may use for it, too. Only the machine knows most of them.
        case ownAddress
        /// This network segment: 169.254.0.0/16 and fe80::/10. Clouds serve machine credentials there.
        case linkLocal
        /// Several machines at once: 224.0.0.0/4, ff00::/8, and the broadcast address.
        case multicast
        /// Anything else. DNS names are not resolved.
        case other
    }

    /// The reach of this host. A DNS name other than `localhost` is ``Reach/other``.
    package var reach: Reach {
        if let address { return address.reach }
        return name == "localhost" || name.hasSuffix(".localhost") ? .loopback : .other
    }

    /// The address that the host is written as; nil for a DNS name.
    package var address: IPAddress? { isIPv6 ? IPAddress.v6(name) : IPAddress.v4(name) }
}
