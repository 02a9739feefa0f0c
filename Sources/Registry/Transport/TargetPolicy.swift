import OCI

/// Where a registry may send this program. Each answer is the reason of a refusal, nil where there is none.
///
/// A registry names addresses for redirects, uploads and tokens. It must not make this program talk in clear text, nor to
/// services that only this machine or its network reaches (a cloud's metadata service gives out credentials).
package enum TargetPolicy {
    /// Whether an answer of `source` may lead to `target`.
    package static func refusal(
        of target: RequestURL,
        namedBy source: RequestURL,
        on machine: MachineAddresses = .current
    ) -> String? {
        if target.origin == source.origin { return nil }
        if source.scheme == .https, target.scheme == .http { return "leads from https to http" }
        return refusalByReach(of: target, namedBy: source, machine)
    }

    /// Whether credentials for `registry` may be sent to the token service `realm` that it names.
    ///
    /// Plain http is for registries that are spoken to with plain http themselves: to their own host, or on loopback.
    package static func refusal(
        ofRealm realm: RequestURL,
        namedBy registry: RequestURL,
        on machine: MachineAddresses = .current
    ) -> String? {
        if realm.origin == registry.origin { return nil }
        if realm.scheme == .http {
            let isSameHost = realm.host.name == registry.host.name
            let isOnThisMachine = realm.host.reach == .loopback && registry.host.reach == .loopback
            guard registry.scheme == .http, isSameHost || isOnThisMachine else { return "is not https" }
        }
        return refusalByReach(of: realm, namedBy: registry, machine)
    }

    /// Where a connection to `target` may end: the operator named the host of `source`, but not another one.
    package static func limit(
        of target: RequestURL,
        namedBy source: RequestURL,
        on machine: MachineAddresses = .current
    ) -> AddressLimit {
        if target.host.name == source.host.name { return .none }
        return switch machine.reach(of: source.host) {
        case .loopback: .noLinkLocal
        case .ownAddress: .noLinkLocalNorLoopback
        case .linkLocal, .multicast, .other, nil: .notThisMachine
        }
    }

    private static func refusalByReach(
        of target: RequestURL,
        namedBy source: RequestURL,
        _ machine: MachineAddresses
    ) -> String? {
        limit(of: target, namedBy: source, on: machine).refusal(of: target.host, on: machine)
    }
}
