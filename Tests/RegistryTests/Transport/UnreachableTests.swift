import Foundation
import Logging
import OCI
import Registry
import TestSupport
import Testing

/// Registries that are not there.
@Suite(.timeLimit(.minutes(5))) struct UnreachableTests {
    /// A port of 127.0.0.1 that nobody listens on, and that nobody else gets as long as this lives.
    private struct ClosedPort: ~Copyable {
        let number: Int
        private let socket: Int32

        init() throws {
            let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            // `sockaddr_in` by its bytes: family, port, address.
            var bytes = [UInt8](repeating: 0, count: 16)
            bytes[0] = UInt8(AF_INET)
            bytes.replaceSubrange(4..<8, with: [127, 0, 0, 1])
            var length = socklen_t(bytes.count)
            let status = bytes.withUnsafeMutableBytes { buffer in
                buffer.withMemoryRebound(to: sockaddr.self) { address in
                    bind(socket, address.baseAddress, length) == 0
                        ? getsockname(socket, address.baseAddress, &length) : -1
                }
            }
            try #require(socket >= 0 && status == 0)
            self.socket = socket
            number = Int(bytes[2]) << 8 | Int(bytes[3])
        }

        deinit { close(socket) }
    }

    private func expectUnreachable(
        _ name: String,
        _ words: String,
        _ code: RegistryError.Code = .unreachable
    ) async throws {
        let reference = try ImageReference(parsing: name)
        var settings = Fixture.oneAttempt
        settings.connectTimeout = .seconds(200)
        try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, settings: settings) { client in
            let error = await expect(code, words) { try await client.manifest(reference, credentials: nil) }
            #expect(error?.isTemporary == (code == .unreachable))
            #expect(error?.description.contains(reference.description) == true)
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func refusedConnectionFailsAtOnce(host: String) async throws {
        let port = try ClosedPort()
        let start = ContinuousClock.now
        try await expectUnreachable(
            "http://\(host):\(port.number)/a:1",
            "connection refused (http://\(host):\(port.number))"
        )
        // The client would try again until its time is up.
        #expect(ContinuousClock.now - start < .seconds(100))
    }

    @Test func anUnknownNameIsNamed() async throws {
        try await expectUnreachable("https://nowhere.invalid/a:1", "the name nowhere.invalid is not known")
    }

    /// It is known at once, and hardly ever over in a moment: two more attempts, of which only the error at the end is told.
    @Test(arguments: ["digest", "manifest", "blob"])
    func itIsTriedQuicklyAndQuietly(question: String) async throws {
        let clock = FakeClock()
        let keeper = LogKeeper()
        let network = StubNetwork { request in
            throw RegistryError(.unreachable, request.purpose, detail: "connection refused")
        }
        let client = RegistryClient(network: network, logger: keeper.logger(.info), settings: Fixture.settings(clock))
        let reference = try ImageReference(parsing: "registry.example.org/a:1")
        let descriptor = Descriptor(mediaType: .dockerLayer, digest: try .sha256(of: [1]), size: 1)
        await expect(.unreachable, "connection refused") {
            switch question {
            case "digest": _ = try await client.digest(of: reference, credentials: nil)
            case "manifest": _ = try await client.manifest(reference, credentials: nil)
            default: _ = try await client.blob(descriptor, of: reference, credentials: nil)
            }
        }
        #expect(network.requests.count == 3)
        #expect(clock.passed < .seconds(2))
        #expect(keeper.lines.isEmpty)
    }

    @Test func registryWithoutTLSIsGuessed() async throws {
        try await InMemoryRegistry.with { registry in
            try await expectUnreachable("\(registry.host)/a:1", "TLS failed: WRONG_VERSION_NUMBER", .tlsFailed)
            try await expectUnreachable("\(registry.host)/a:1", "write http:// before its name", .tlsFailed)
        }
    }
}
