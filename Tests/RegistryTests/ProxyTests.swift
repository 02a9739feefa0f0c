import Foundation
import OCI
import Registry
import TestSupport
import Testing

/// The way through a proxy. Hosts on this machine are never reached through one, so that these registries have other names.
@Suite(.timeLimit(.minutes(1))) struct ProxyTests {
    private func with(
        _ environment: [String: String],
        _ body: (RegistryClient) async throws -> Void
    ) async throws {
        var settings = Fixture.oneAttempt
        settings.proxies = try ProxySettings(environment: environment)
        try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, settings: settings, body)
    }

    @Test func plainRequestsGoThroughIt() async throws {
        try await InMemoryRegistry.with { registry in
            try await ForwardProxy.with { proxy in
                let image = try registry.addImage("a", tag: "1", layers: [.tar(Fixture.bytes(100_000))])
                let reference = try ImageReference(parsing: "http://registry.test:\(registry.port)/a:1")
                try await with(["HTTP_PROXY": proxy.url.replacing("://", with: "://ann:secret@")]) { client in
                    let found = try await client.resolve(reference, platform: .linuxAMD64, credentials: nil)
                    #expect(found.manifestDigest == image.digest)
                    let layer = try await client.blob(image.manifest.layers[0], of: reference, credentials: nil)
                    #expect(layer == Fixture.bytes(100_000))
                }
                #expect(!proxy.heads.isEmpty)
                let head = try #require(proxy.heads.first)
                #expect(head.hasPrefix("CONNECT registry.test:\(registry.port) HTTP/1.1"))
                let word = Data("ann:secret".utf8).base64EncodedString()
                #expect(head.lowercased().contains("proxy-authorization: basic \(word)".lowercased()))
            }
        }
    }

    @Test func exceptionsDoNot() async throws {
        try await InMemoryRegistry.with { registry in
            try await ForwardProxy.with { proxy in
                try registry.addImage("a", tag: "1", layers: [.tar([1])])
                try await with(["HTTP_PROXY": proxy.url]) { client in
                    let reference = try ImageReference(parsing: registry.reference("a:1"))
                    _ = try await client.manifest(reference, credentials: nil)
                }
                #expect(proxy.heads.isEmpty && registry.requests.count == 1)
            }
        }
    }

    @Test func proxyThatIsNotThereIsAnError() async throws {
        let reference = try ImageReference(parsing: "http://registry.test/a:1")
        try await with(["HTTP_PROXY": "http://127.0.0.1:1"]) { client in
            let error = await #expect(throws: RegistryError.self) {
                try await client.manifest(reference, credentials: nil)
            }
            #expect(error?.isTemporary == true)
        }
    }
}
