package import NIOCore
import OCI

/// Where a connection may end, whatever its host's name resolves to (``TargetPolicy`` sees names and literal addresses only).
///
/// It is looked at when a connection is made and before a request goes into it. Clients with different limits share no
/// connections. Through a proxy there is nothing to look at: the proxy resolves the name and connects.
package enum AddressLimit: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// The operator named the host.
    case none
    /// A registry on this machine named it: no link-local addresses.
    case noLinkLocal
    /// A registry elsewhere named it: no link-local addresses, and not this machine.
    case noLinkLocalNorLoopback

    package static func < (left: AddressLimit, right: AddressLimit) -> Bool { left.rawValue < right.rawValue }

    /// Why a connection to this address is not used, nil where it may be.
    package func refusal(of address: SocketAddress?) -> String? {
        guard self != .none else { return nil }
        guard let text = address?.ipAddress, let host = try? RegistryHost(parsing: Self.bracketed(text)) else {
            // A connection whose other end is unknown is none that may be trusted to be elsewhere.
            return "leads to an address that cannot be checked"
        }
        return switch host.reach {
        case .linkLocal: "leads to the link-local address \(text)"
        case .loopback where self == .noLinkLocalNorLoopback: "leads to this machine (\(text))"
        case .loopback, .other: nil
        }
    }

    /// IPv6 addresses in brackets and without their zone, which only link-local ones have and `RegistryHost` does not read.
    private static func bracketed(_ address: String) -> String {
        guard address.contains(":") else { return address }
        return "[\(address.prefix { $0 != "%" })]"
    }

    /// What a client does with each new connection; nil where there is nothing to look at.
    package var connectionCheck: (@Sendable (any Channel) -> EventLoopFuture<Void>)? {
        guard self != .none else { return nil }
        return { channel in
            guard let reason = refusal(of: channel.remoteAddress) else {
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            // The client drops a connection that fails here, but does not close it.
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(ForbiddenAddress(reason: reason))
        }
    }
}
