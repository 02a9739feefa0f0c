import Foundation
import OCI
import Registry
import SystemPackage
import TestSupport
import Testing

/// Certificates that are not taken, and why.
@Suite(.timeLimit(.minutes(5))) struct CertificateTests {
    /// What a client says of a server with a certificate of an authority that it trusts, or not.
    private func expect(
        _ code: RegistryError.Code,
        _ words: String...,
        isTrusted: Bool = true,
        at date: Date? = nil,
        server: (PrivateCA) async throws -> WebServer.TLS
    ) async throws {
        let folder = try TemporaryFolder()
        let authority = try await PrivateCA(in: folder.path)
        var settings = NetworkSettings()
        settings.addresses = ["registry.test": "127.0.0.1"]
        if let date { settings.clock = .of(date: date) { .now } }
        if isTrusted { settings.hosts.authorities = [authority.certificate] }
        let tls = try await server(authority)
        try await WebServer.serving(folder.path.string, tls: tls) { [settings] url in
            let host = url.replacing("127.0.0.1", with: "registry.test")
            let reference = try ImageReference(parsing: "\(host)/a:1")
            try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, settings: settings) {
                client in
                let error = await RegistryTests.expect(code, words[0]) {
                    try await client.manifest(reference, credentials: nil)
                }
                #expect(error?.isTemporary == false)
                for word in words { #expect(error?.description.contains(word) == true, "\(error?.description ?? "")") }
            }
        }
    }

    private static let names = "DNS:registry.test"

    /// What a server shows that an authority vouches for, in this time and for these names.
    private static func identity(
        of authority: PrivateCA,
        for names: String,
        from start: String,
        until end: String
    ) async throws -> WebServer.TLS {
        let file = try await authority.issue("a", for: names, from: start, until: end)
        return .init(certificate: file, key: authority.serverKey)
    }

    @Test func goodOneIsTaken() async throws {
        try await expect(.notFound, "manifest") { authority in
            let file = try await authority.issue(
                "a",
                for: Self.names,
                from: "20200101000000Z",
                until: "21000101000000Z"
            )
            return .init(certificate: file, key: authority.serverKey)
        }
    }

    @Test(arguments: [true, false])
    func expired(isTrusted: Bool) async throws {
        try await expect(
            .untrusted,
            "its certificate expired on 2021-02-03T04:05:06Z",
            "has to renew it",
            isTrusted: isTrusted
        ) { authority in
            try await Self.identity(of: authority, for: Self.names, from: "20200101000000Z", until: "20210203040506Z")
        }
    }

    @Test func notYetValid() async throws {
        try await expect(.untrusted, "its certificate is not valid before 2090-01-01T00:00:00Z", "check the clock") {
            authority in
            try await Self.identity(of: authority, for: Self.names, from: "20900101000000Z", until: "21000101000000Z")
        }
    }

    /// What is not trusted is judged by the clock of the network's settings.
    @Test(
        arguments: [
            ("2019-12-31T23:59:59Z", "its certificate is not valid before 2020-01-01T00:00:00Z"),
            ("2100-01-01T00:00:01Z", "its certificate expired on 2100-01-01T00:00:00Z"),
        ]
    )
    func byWhichClock(now: String, words: String) async throws {
        let date = try Date(now, strategy: .iso8601)
        try await expect(.untrusted, words, isTrusted: false, at: date) { authority in
            try await Self.identity(of: authority, for: Self.names, from: "20200101000000Z", until: "21000101000000Z")
        }
    }

    @Test func forOtherNames() async throws {
        let words = "its certificate is not for registry.test, but for other.test, *.example.org, 10.1.2.3, 2001:db8::1"
        try await expect(.untrusted, words, "use a name that it is for") { authority in
            let names = "DNS:other.test,DNS:*.example.org,IP:10.1.2.3,IP:2001:db8::1"
            return try await Self.identity(of: authority, for: names, from: "20200101000000Z", until: "21000101000000Z")
        }
    }

    @Test func ofAnUnknownAuthority() async throws {
        try await expect(
            .untrusted,
            "no authority that this machine knows signed it",
            "--ca-file, as ca-file in hosts.yaml",
            isTrusted: false
        ) { .init(certificate: $0.serverCertificate, key: $0.serverKey) }
    }

    @Test func onlyOldTLS() async throws {
        try await expect(.tlsFailed, "it has no version from 1.2 on", "has to allow TLS 1.2") {
            .init(certificate: $0.serverCertificate, key: $0.serverKey, isOld: true)
        }
    }
}
