import NIOCore
import OCI
import Synchronization

/// Where on this machine the connections to hosts end that the operator named.
///
/// A registry on this machine may have a token service with a name of its own, at the same web server.
package final class NamedEnds: Sendable {
    private let ends = Mutex<Set<SocketAddress>>([])

    /// None yet.
    package init() {}

    func note(_ end: SocketAddress?, on machine: MachineAddresses) {
        guard let end, let host = RegistryHost(end), machine.reach(of: host) == .ownAddress else { return }
        ends.withLock { _ = $0.insert(end) }
    }

    func contain(_ end: SocketAddress) -> Bool { ends.withLock { $0.contains(end) } }
}
