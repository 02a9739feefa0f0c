import Foundation
import OCI
import Registry
import SystemPackage
import TestSupport
import Testing

/// The real registry with a certificate that only its operator knows.
@Suite(.timeLimit(.minutes(5))) struct TLSTests {
    private func withFolder(_ body: (FilePath, PrivateCA) async throws -> Void) async throws {
        try await withTemporaryFolder { try await body($0, PrivateCA(in: $0)) }
    }

    private func client(
        _ change: (inout NetworkSettings) throws -> Void,
        _ body: (RegistryClient) async throws -> Void
    ) async throws {
        var settings = Fixture.oneAttempt
        try change(&settings)
        try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, settings: settings, body)
    }

    /// Pushes an image and pulls it. Returns its digest.
    @discardableResult
    private func roundTrip(_ client: RegistryClient, _ reference: ImageReference) async throws -> Digest {
        let layer = Fixture.bytes(200_000)
        let configuration = Array(
            #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#.utf8
        )
        let manifest = Manifest(
            mediaType: .ociManifest,
            config: Descriptor(
                mediaType: .ociConfiguration,
                digest: try .sha256(of: configuration),
                size: Int64(configuration.count)
            ),
            layers: [Descriptor(mediaType: .dockerLayer, digest: try .sha256(of: layer), size: Int64(layer.count))]
        )
        for (bytes, blob) in [(layer, manifest.layers[0]), (configuration, manifest.config)] {
            _ = try await client.push(blob: bytes, digest: blob.digest, to: reference, credentials: nil)
        }
        let bytes = try manifest.encoded()
        let digest = try await client.push(
            manifest: bytes,
            mediaType: .ociManifest,
            to: reference,
            credentials: nil
        )
        #expect(try await client.digest(of: reference, credentials: nil) == digest)
        #expect(try await client.manifest(reference, credentials: nil).bytes == bytes)
        #expect(try await client.blob(manifest.layers[0], of: reference, credentials: nil) == layer)
        return digest
    }

    @Test func privateAuthority() async throws {
        try await withFolder { folder, authority in
            try await RealRegistry.with(authority: authority) { registry in
                let reference = try ImageReference(parsing: registry.reference("a/b:1"))
                try await client({ _ in }) { client in
                    let error = await expect(.untrusted, "--ca-file") {
                        try await client.manifest(reference, credentials: nil)
                    }
                    #expect(error?.isTemporary == false)
                }
                // By an option, by hosts.yaml, by docker's folder.
                try await client({ $0.hosts.authorities = [authority.certificate] }) {
                    try await roundTrip($0, reference)
                }
                let text = "hosts:\n  \(registry.host):\n    ca-file: ca.pem\n"
                try await client({
                    $0.hosts = try HostsFile.parse(text, file: folder.appending("hosts.yaml").string)
                }) { try await roundTrip($0, reference) }
                let docker = folder.appending("certs.d/\(registry.host)").string
                try FileManager.default.createDirectory(atPath: docker, withIntermediateDirectories: true)
                try FileManager.default.copyItem(atPath: authority.certificate, toPath: "\(docker)/site.crt")
                try await client({
                    $0.certificates = [CertificatesFolder(folder.appending("certs.d").string)]
                }) { try await roundTrip($0, reference) }
            }
        }
    }

    @Test func clientCertificate() async throws {
        try await withFolder { folder, authority in
            try await RealRegistry.with(authority: authority, wantsClientCertificate: true) { registry in
                let reference = try ImageReference(parsing: registry.reference("a/b:1"))
                try await client({ $0.hosts.authorities = [authority.certificate] }) { client in
                    await #expect(throws: RegistryError.self) { try await client.manifest(reference, credentials: nil) }
                }
                try await client({ settings in
                    var host = HostSettings()
                    host.authorities = [authority.certificate]
                    host.clientCertificate = authority.clientCertificate
                    host.clientKey = authority.clientKey
                    settings.hosts.hosts[registry.host] = host
                }) { try await roundTrip($0, reference) }
                let docker = folder.appending("certs.d/\(registry.host)").string
                try FileManager.default.createDirectory(atPath: docker, withIntermediateDirectories: true)
                for (file, name) in [
                    (authority.certificate, "site.crt"), (authority.clientCertificate, "me.cert"),
                    (authority.clientKey, "me.key"),
                ] {
                    try FileManager.default.copyItem(atPath: file, toPath: "\(docker)/\(name)")
                }
                try await client({
                    $0.certificates = [CertificatesFolder(folder.appending("certs.d").string)]
                }) { try await roundTrip($0, reference) }
            }
        }
    }

    @Test func filesThatCannotBeReadAreNamed() async throws {
        let reference = try ImageReference(parsing: "https://127.0.0.1:1/a:1")
        try await client({ $0.hosts.authorities = ["/nowhere/ca.pem"] }) { client in
            await expect(.untrusted, "/nowhere/ca.pem cannot be read") {
                try await client.manifest(reference, credentials: nil)
            }
        }
    }

    @Test func aFolderOfCertificatesThatCannotBeReadIsNamed() async throws {
        try await withTemporaryFolder { folder in
            let reference = try ImageReference(parsing: "https://127.0.0.1:1/a:1")
            func expectError(_ code: RegistryError.Code, _ part: String) async throws {
                let certificates = CertificatesFolder(folder.appending("certs.d").string)
                try await client({ $0.certificates = [certificates] }) { client in
                    await expect(code, part) { try await client.manifest(reference, credentials: nil) }
                }
            }
            // None is as good as an empty one.
            try await expectError(.unreachable, "refused")
            try FileManager.default.createDirectory(
                atPath: folder.appending("certs.d").string,
                withIntermediateDirectories: true
            )
            try await expectError(.unreachable, "refused")
            let file = folder.appending("certs.d/127.0.0.1:1")
            try Data().write(to: URL(filePath: file.string))
            try await expectError(.untrusted, "the folder of certificates \(file) cannot be read")
        }
    }

    @Test func tunnelThroughAProxy() async throws {
        try await withFolder { _, authority in
            try await RealRegistry.with(authority: authority) { registry in
                try await ForwardProxy.with { proxy in
                    let name = registry.host.replacing("127.0.0.1", with: "registry.test")
                    try await client({ settings in
                        settings.hosts.authorities = [authority.certificate]
                        settings.proxies = try ProxySettings(environment: ["https_proxy": proxy.url])
                    }) { try await roundTrip($0, ImageReference(parsing: "\(name)/a/b:1")) }
                    #expect(!proxy.heads.isEmpty)
                    #expect(proxy.heads.allSatisfy { $0.hasPrefix("CONNECT \(name) HTTP/1.1") })
                }
            }
        }
    }

    @Test func mirrorPairOfRealRegistries() async throws {
        try await withFolder { _, authority in
            try await RealRegistry.with { origin in
                try await RealRegistry.with(authority: authority) { mirror in
                    let reference = try ImageReference(parsing: origin.reference("a/b:1"))
                    let copy = try ImageReference(parsing: mirror.reference("proxy/a/b:1"))
                    func settings(_ settings: inout NetworkSettings) throws {
                        settings.hosts.authorities = [authority.certificate]
                        var host = HostSettings()
                        host.mirrors = [try RegistryMirror(parsing: "\(mirror.host)/proxy")]
                        settings.hosts.hosts[origin.host] = host
                    }
                    // Nothing at the mirror: the registry itself answers.
                    try await client(settings) { try await roundTrip($0, reference) }
                    let other = Array(#"{"architecture":"arm64","os":"linux","rootfs":{"diff_ids":[]}}"#.utf8)
                    try await client(settings) { client in
                        let blob = Descriptor(
                            mediaType: .ociConfiguration,
                            digest: try .sha256(of: other),
                            size: Int64(other.count)
                        )
                        _ = try await client.push(blob: other, digest: blob.digest, to: copy, credentials: nil)
                        let manifest = try Manifest(mediaType: .ociManifest, config: blob, layers: []).encoded()
                        let digest = try await client.push(
                            manifest: manifest,
                            mediaType: .ociManifest,
                            to: copy,
                            credentials: nil
                        )
                        // From now on the mirror's word comes first.
                        #expect(try await client.manifest(reference, credentials: nil).digest == digest)
                        #expect(try await client.tags(of: copy, credentials: nil) == ["1"])
                    }
                }
            }
        }
    }
}
