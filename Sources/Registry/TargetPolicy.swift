import OCI

/// Where a registry may send this program. Each answer is the reason of a refusal, nil where there is none.
///
/// A registry names addresses for redirects, uploads and tokens. It must not make this program talk in clear text, nor to
/// services that only this machine or its network reaches (a cloud's metadata service gives out credentials).
package enum TargetPolicy {
    /// Whether an answer of `source` may lead to `target`.
    package static func refusal(of target: RequestURL, namedBy source: RequestURL) -> String? {
        if target.origin == source.origin { return nil }
        if source.scheme == .https, target.scheme == .http { return "leads from https to http" }
        return refusalByReach(of: target, namedBy: source)
    }

    /// Whether credentials for `registry` may be sent to the token service `realm` that it names.
    ///
    /// Plain http is for registries that are spoken to with plain http themselves: to their own host, or on loopback.
    package static func refusal(ofRealm realm: RequestURL, namedBy registry: RequestURL) -> String? {
        if realm.origin == registry.origin { return nil }
        if realm.scheme == .http {
            let isSameHost = realm.host.name == registry.host.name
            let isOnThisMachine = realm.host.reach == .loopback && registry.host.reach == .loopback
            guard registry.scheme == .http, isSameHost || isOnThisMachine else { return "is not https" }
        }
        return refusalByReach(of: realm, namedBy: registry)
    }

    /// Where a connection to `target` may end: the operator named the host of `source`, but not another one.
    package static func limit(of target: RequestURL, namedBy source: RequestURL) -> AddressLimit {
        if target.host.name == source.host.name { return .none }
        return source.host.reach == .loopback ? .noLinkLocal : .noLinkLocalNorLoopback
    }

    private static func refusalByReach(of target: RequestURL, namedBy source: RequestURL) -> String? {
        switch target.host.reach {
        case .linkLocal: "leads to a link-local address"
        case .loopback where source.host.reach != .loopback: "leads to this machine"
        case .loopback, .other: nil
        }
    }
}
