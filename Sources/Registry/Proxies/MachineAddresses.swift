import NIOCore
package import OCI
package import Plumbing

/// The addresses by which this machine is reached, loopback among them.
///
/// They change while a service runs, and are asked for each time: the kernel answers in less than a millisecond.
package struct MachineAddresses: Sendable {
    private let list: @Sendable () -> Set<IPAddress>?

    /// The addresses that a function lists; nil where they cannot be told.
    package init(list: @escaping @Sendable () -> Set<IPAddress>?) {
        self.list = list
    }

    /// All of them at this moment, nil where they cannot be told.
    package var all: Set<IPAddress>? { list() }

    /// Those of the machine that this program runs on.
    package static let current = MachineAddresses { interfaces() }

    /// What a host reaches from this machine; nil where that cannot be told.
    package func reach(of host: RegistryHost) -> RegistryHost.Reach? {
        let reach = host.reach
        guard reach == .other, let address = host.address else { return reach }
        guard let own = all else { return nil }
        return own.contains(address) || own.contains(address.innermost) ? .ownAddress : .other
    }

    private static func interfaces() -> Set<IPAddress>? {
        guard let devices = try? System.enumerateDevices() else { return nil }
        return Set(devices.compactMap { $0.address.flatMap(RegistryHost.init)?.address })
    }
}
