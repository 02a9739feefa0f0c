import Foundation
import Registry
import SystemPackage
import TestSupport
import Testing

/// A home folder with files of credentials and a folder of helpers, and lookups in it.
final class CredentialFolder: Sendable {
    private let temporary: TemporaryFolder

    init() throws {
        temporary = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: "\(path)/bin", withIntermediateDirectories: false)
    }

    var path: String { temporary.path.string }

    func write(_ name: String, _ text: String) throws {
        let file = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// A helper as a shell script.
    func helper(_ name: String, _ script: String) throws {
        try write("bin/docker-credential-\(name)", "#!/bin/sh\n\(script)\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: "\(path)/bin/docker-credential-\(name)"
        )
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

    func find(
        _ host: String,
        _ repository: String? = nil,
        _ variables: [String: String] = [:],
        timeout: Duration = .seconds(120)
    ) async throws -> RegistryCredentials? {
        let environment = ["HOME": path, "PATH": "\(path)/bin:/usr/bin:/bin"].merging(variables) { $1 }
        let ambient = CredentialProvider(environment: environment, helperTimeout: timeout)
        return try await ambient.credentials(for: host, repository: repository)
    }

    /// The error of a lookup, which must have these words and not this secret.
    func refuse(
        _ host: String,
        _ words: String...,
        variables: [String: String] = [:],
        timeout: Duration = .seconds(120),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let error = await #expect(throws: CredentialsError.self, sourceLocation: sourceLocation) {
            _ = try await find(host, nil, variables, timeout: timeout)
        }
        let text = error?.description ?? ""
        for part in words { #expect(text.contains(part), "\(text)", sourceLocation: sourceLocation) }
        #expect(!text.contains("hush"), "\(text)", sourceLocation: sourceLocation)
    }
}
