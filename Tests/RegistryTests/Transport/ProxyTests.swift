import Foundation
import OCI
import Registry
import TestSupport
import Testing

/// The way through a proxy. Hosts on this machine are never reached through one, so that these registries have other names.
@Suite(.timeLimit(.minutes(5))) struct ProxyTests {
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
                // No tunnel: few proxies make one to the port of plain http.
                #expect(head.hasPrefix("GET http://registry.test:\(registry.port)/v2/a/manifests/1 HTTP/1.1\r\n"))
                #expect(head.lowercased().contains("\r\nhost: registry.test:\(registry.port)\r\n"))
                let word = Data("ann:secret".utf8).base64EncodedString()
                #expect(head.lowercased().contains("proxy-authorization: basic \(word)".lowercased()))
            }
        }
    }

    /// Tokens and Basic credentials reach the registry, and the proxy's own stay with it.
    @Test func loginsGoThroughIt() async throws {
        try await InMemoryRegistry.with(.basic(["ann": "pw"])) { registry in
            try await ForwardProxy.with { proxy in
                try registry.addImage("a", tag: "1", layers: [.tar([1])])
                let reference = try ImageReference(parsing: "http://registry.test:\(registry.port)/a:1")
                let ann = RegistryCredentials(
                    host: reference.canonicalHost,
                    username: "ann",
                    password: "pw",
                    allowsPlainHTTP: true
                )
                try await with(["HTTP_PROXY": proxy.url]) { client in
                    let isNew = try await client.push(
                        blob: [7],
                        digest: .sha256(of: [7]),
                        to: reference,
                        credentials: ann
                    )
                    #expect(isNew)
                }
                #expect(registry.requests.allSatisfy { $0.header("Proxy-Authorization") == nil })
            }
        }
    }

    /// One connection to the proxy serves registries of any name: each request names its own.
    @Test func eachRequestNamesItsHost() async throws {
        try await InMemoryRegistry.with { proxy in
            try proxy.addImage("a", tag: "1", layers: [.tar([1])])
            try await with(["http_proxy": proxy.url]) { client in
                for host in ["one.test", "two.test:8080", "one.test"] {
                    _ = try await client.manifest(ImageReference(parsing: "http://\(host)/a:1"), credentials: nil)
                }
            }
            #expect(proxy.requests.map { $0.header("Host") } == ["one.test", "two.test:8080", "one.test"])
        }
    }

    @Test(arguments: ["http", "https"])
    func aProxyThatWantsAUserIsNamed(scheme: String) async throws {
        try await InMemoryRegistry.with { proxy in
            proxy.faults.passingFailures = 100
            proxy.faults.passingStatus = 407
            let reference = try ImageReference(parsing: "\(scheme)://registry.test/a:1")
            try await with(["\(scheme.uppercased())_PROXY": proxy.url]) { client in
                let error = await expect(.refused, "the proxy wants a user and password") {
                    try await client.manifest(reference, credentials: nil)
                }
                #expect(error?.isTemporary == false)
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
            let error = await expect(.unreachable, "(http://registry.test through the proxy http://127.0.0.1:1)") {
                try await client.manifest(reference, credentials: nil)
            }
            #expect(error?.isTemporary == true)
        }
    }
}
