import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A registry in this process, on a free port of 127.0.0.1 (or another address of this machine): it pulls and pushes as the OCI distribution specification says,
/// remembers every request, and misbehaves on request.
///
///     try await InMemoryRegistry.with { registry in
///         let image = try registry.addImage("app", tag: "1", layers: [.tar(bytes)])
///         registry.faults.cutBlobsAfter = 100
///         … ImageReference(parsing: registry.reference("app:1")) …
///         #expect(registry.fetchedBlobs.isEmpty)
///     }
package final class InMemoryRegistry: Sendable {
    /// The port.
    package let port: Int
    private let address: String
    let access: InMemoryRegistryAccess
    let store: Mutex<InMemoryRegistryStore>
    let sent = Atomic<Int>(0)
    /// Requests that wait for their answer now, and the most that there were.
    let waiting = Mutex((now: 0, most: 0))
    private let server: any Channel
    private let target: InMemoryRegistryTarget
    private let connections: Mutex<[ObjectIdentifier: any Channel]>

    /// Runs a registry as long as `body` runs. Throws what `body` throws.
    package static func with<Result>(
        _ access: InMemoryRegistryAccess = .open,
        faults: InMemoryRegistryFaults = InMemoryRegistryFaults(),
        at address: String = "127.0.0.1",
        _ body: (InMemoryRegistry) async throws -> Result
    ) async throws -> Result {
        let registry = try await InMemoryRegistry(access, faults, address)
        do {
            let result = try await body(registry)
            try await registry.stop()
            return result
        } catch {
            try await registry.stop()
            throw error
        }
    }

    private init(_ access: InMemoryRegistryAccess, _ faults: InMemoryRegistryFaults, _ address: String) async throws {
        // The server needs its handler's target before there is a registry: connections look it up when they open.
        let target = InMemoryRegistryTarget()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(InMemoryRegistryHandler(target: target))
                }
            }
            .bind(host: address, port: 0)
            .get()
        guard let port = server.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        self.server = server
        self.target = target
        self.port = port
        self.address = address
        self.access = access
        store = Mutex(InMemoryRegistryStore(faults: faults))
        connections = Mutex([:])
        target.registry.withLock { $0 = self }
    }

    private func stop() async throws {
        try await server.close().get()
        target.registry.withLock { $0 = nil }
        for connection in connections.withLock({ Array($0.values) }) {
            // It may have been closed by the other side meanwhile.
            try? await connection.close().get()
        }
    }

    func opened(_ channel: any Channel) {
        connections.withLock { $0[ObjectIdentifier(channel)] = channel }
    }

    func closed(_ channel: any Channel) {
        _ = connections.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }
}

extension InMemoryRegistry {
    /// `127.0.0.1:PORT`, which is its canonical host, too.
    package var host: String { "\(address):\(port)" }

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://\(host)" }

    /// `http://127.0.0.1:PORT/NAME`, for `ImageReference`.
    package func reference(_ name: String) -> String { "\(url)/\(name)" }

    /// How it misbehaves from the next request on.
    package var faults: InMemoryRegistryFaults {
        get { store.withLock { $0.faults } }
        set { store.withLock { $0.faults = newValue } }
    }

    /// Every request so far, in the order of their arrival.
    package var requests: [InMemoryRegistryRequest] { store.withLock { $0.requests } }

    /// Bytes of bodies that the network took so far.
    package var sentBytes: Int { sent.load(ordering: .relaxed) }

    /// Forgets the requests so far.
    package func forgetRequests() {
        store.withLock { $0.requests = [] }
        waiting.withLock { $0.most = $0.now }
    }

    /// The most requests that waited for their answer at the same time.
    package var mostAtOnce: Int { waiting.withLock { $0.most } }

    func began() {
        waiting.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
    }

    func finished() {
        waiting.withLock { $0.now -= 1 }
    }

    /// The digests of the blobs that were asked for with GET, in order, with repetitions.
    package var fetchedBlobs: [String] {
        requests.filter { $0.method == "GET" && $0.path.contains("/blobs/") }
            .compactMap { $0.path.split(separator: "/").last.map(String.init) }
    }

    /// The refresh tokens that were given out so far.
    package var refreshTokens: [String] { store.withLock { $0.refreshTokens.keys.sorted() } }

    /// Makes every refresh token that was given out so far invalid.
    package func revokeRefreshTokens() { store.withLock { $0.refreshTokens = [:] } }

    /// Has no repository know the blobs that were pushed to it (``InMemoryRegistryFaults/separatesRepositories``).
    package func forgetBlobHomes() { store.withLock { $0.homes = [:] } }

    /// Makes every token that was given out so far invalid.
    package func revokeTokens() { store.withLock { $0.tokens = [:] } }
}
