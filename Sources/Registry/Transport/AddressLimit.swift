package import NIOCore
import OCI

/// Where a connection may end, whatever its host's name resolves to (``TargetPolicy`` sees names and literal addresses only).
///
/// It is looked at when a connection is made and before a request goes into it. Clients with different limits share no
/// connections. Through a proxy there is nothing to look at: the proxy resolves the name and connects.
package enum AddressLimit: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// The operator named the host.
    case none
    /// A registry on loopback named it: no link-local addresses.
    case noLinkLocal
    /// A registry on another address of this machine named it: no link-local addresses, and no loopback.
    case noLinkLocalNorLoopback
    /// A registry elsewhere named it: neither this machine nor link-local addresses.
    case notThisMachine

    package static func < (left: AddressLimit, right: AddressLimit) -> Bool { left.rawValue < right.rawValue }

    /// Why a connection to this address is not used, nil where it may be.
    package func refusal(of address: SocketAddress?, on machine: MachineAddresses = .current) -> String? {
        guard self != .none else { return nil }
        guard let host = address.flatMap(RegistryHost.init) else {
            // A connection whose other end is unknown is none that may be trusted to be elsewhere.
            return "leads to an address that cannot be checked"
        }
        return refusal(of: host, on: machine)
    }

    /// Why a host is not spoken to, as far as its spelling tells; nil where it may be.
    func refusal(of host: RegistryHost, on machine: MachineAddresses) -> String? {
        guard self != .none else { return nil }
        let reach = self == .notThisMachine ? machine.reach(of: host) : host.reach
        return switch reach {
        case .linkLocal: "leads to \(host.name), a link-local address or one of a cloud's metadata"
        case .multicast: "leads to the multicast address \(host.name)"
        case .loopback where self > .noLinkLocal: "leads to this machine (\(host.name))"
        case .ownAddress where self == .notThisMachine: "leads to this machine (\(host.name))"
        case .loopback, .ownAddress, .other: nil
        case nil: "leads to \(host.name), which cannot be compared with the addresses of this machine"
        }
    }

    /// What a client does with each new connection.
    ///
    /// Ends on this machine that the operator named, loopback aside, are noted: others may name them, too.
    package func connectionCheck(
        _ machine: MachineAddresses,
        _ named: NamedEnds
    ) -> @Sendable (any Channel) -> EventLoopFuture<Void> {
        { channel in
            let end = channel.remoteAddress
            if self == .none { named.note(end, on: machine) }
            guard let reason = refusal(of: end, on: machine), !(end.map(named.contain) ?? false) else {
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            // The client drops a connection that fails here, but does not close it.
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(ForbiddenAddress(reason: reason))
        }
    }
}

extension RegistryHost {
    /// The host of an end of a connection, without IPv6's zone, which only link-local addresses have; nil for what is no IP.
    init?(_ end: SocketAddress) {
        guard let text = end.ipAddress else { return nil }
        let host = text.contains(":") ? "[\(text.prefix { $0 != "%" })]" : text
        guard let parsed = try? RegistryHost(parsing: host) else { return nil }
        self = parsed
    }
}
