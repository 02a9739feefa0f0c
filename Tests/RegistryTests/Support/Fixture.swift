import Logging
import OCI
import Plumbing
import Registry
import TestSupport

/// An in-memory registry and a client for it.
struct Fixture {
    let registry: InMemoryRegistry
    let client: RegistryClient

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func with<Result>(
        _ access: InMemoryRegistryAccess = .open,
        stallTimeout: Duration? = nil,
        settings: NetworkSettings? = nil,
        _ body: (Fixture) async throws -> Result
    ) async throws -> Result {
        var settings = settings ?? oneAttempt
        if let stallTimeout { settings.stallTimeout = stallTimeout }
        return try await InMemoryRegistry.with(access) { registry in
            try await RegistryClient.with(userAgent: "wafer/test", logger: logger, settings: settings) { client in
                try await body(Fixture(registry: registry, client: client))
            }
        }
    }

    /// A machine with an address for others in each version of IP.
    static let machine = MachineAddresses {
        [.v4([10, 0, 0, 5]), .v6([0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5])]
    }

    /// What a single request does.
    static var oneAttempt: NetworkSettings {
        var settings = NetworkSettings()
        settings.retries = .never
        return settings
    }

    /// As in production, with a clock that does not make anybody wait.
    static func settings(_ clock: FakeClock) -> NetworkSettings {
        var settings = NetworkSettings()
        settings.clock = clock.clock
        return settings
    }

    func reference(_ name: String) throws -> ImageReference {
        try ImageReference(parsing: registry.reference(name))
    }

    func user(_ name: String, _ password: String) -> RegistryCredentials {
        RegistryCredentials(host: registry.host, username: name, password: password)
    }

    /// Bytes that do not compress and are the same in every run.
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}
