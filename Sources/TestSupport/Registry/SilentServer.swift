import Glibc
import Synchronization

/// A server that never answers: the kernel takes its connections, and nobody reads what comes in.
package final class SilentServer: Sendable {
    /// Where it listens, on 127.0.0.1.
    package let port: UInt16
    private let descriptor: Mutex<Int32?>

    /// Listens on a free port. Throws where there is none.
    package init() throws {
        struct Refused: Error {}
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 512) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard descriptor >= 0, isListening else { throw Refused() }
        port = UInt16(bigEndian: address.sin_port)
        self.descriptor = Mutex(descriptor)
    }

    /// `http://127.0.0.1:PORT/NAME`.
    package func reference(_ name: String) -> String { "http://127.0.0.1:\(port)/\(name)" }

    /// Ends every connection, and takes no more.
    package func stop() {
        descriptor.withLock { descriptor in
            if let descriptor { close(descriptor) }
            descriptor = nil
        }
    }

    deinit { stop() }
}
