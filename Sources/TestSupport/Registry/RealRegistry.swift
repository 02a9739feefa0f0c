import Foundation
import Subprocess
package import SystemPackage

/// Docker's own registry server (`docker-registry`) on a free port of 127.0.0.1, with its data in a temporary folder.
package struct RealRegistry: Sendable {
    /// `127.0.0.1:PORT`, which is its canonical host, too.
    package let host: String
    /// Its only user; nil where everybody is let in.
    package let user: User?
    /// The certificate of the private authority that signed its own; nil without TLS.
    package let authority: FilePath?

    /// A user with a password.
    package struct User: Sendable {
        /// The name.
        package let name: String
        /// The password.
        package let password: String

        /// Takes both.
        package init(name: String, password: String) {
            self.name = name
            self.password = password
        }
    }

    /// Why no registry runs.
    package struct Failure: Error, CustomStringConvertible {
        /// What is wrong and what to do.
        package let description: String
    }

    /// `http://127.0.0.1:PORT/NAME` (with TLS `https://…`), for `ImageReference`.
    package func reference(_ name: String) -> String { "\(authority == nil ? "http" : "https")://\(host)/\(name)" }

    /// The server's program: `WAFER_DOCKER_REGISTRY`, or `docker-registry` in `PATH`. Throws ``Failure`` where it is missing.
    package static func binary() throws -> FilePath {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["WAFER_DOCKER_REGISTRY"], !path.isEmpty { return FilePath(path) }
        let folders = (environment["PATH"] ?? "").split(separator: ":") + ["/usr/bin"]
        for folder in folders {
            let path = "\(folder)/docker-registry"
            if FileManager.default.isExecutableFile(atPath: path) { return FilePath(path) }
        }
        throw Failure(
            description: "docker-registry is missing: run script/test, which installs it, "
                + "or set WAFER_DOCKER_REGISTRY to the program's path"
        )
    }

    /// Runs a registry as long as `body` runs; ends only the process that it started.
    ///
    /// - Parameters:
    ///   - binary: the server's program; nil looks for it.
    ///   - user: the only user, known by an htpasswd file; nil lets everybody in.
    ///   - hasTLS: whether it speaks TLS, with a certificate of an authority that was made for it.
    ///   - authority: has it do TLS with this one's certificate.
    ///   - wantsClientCertificate: whether it takes only clients with a certificate of that authority.
    ///   - body: what is done with the registry.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, and ``Failure`` where the registry does not start.
    package static func with<Result: Sendable>(
        binary: FilePath? = nil,
        user: User? = nil,
        hasTLS: Bool = false,
        authority: PrivateCA? = nil,
        wantsClientCertificate: Bool = false,
        _ body: (RealRegistry) async throws -> Result
    ) async throws -> Result {
        let temporary = try TemporaryFolder()
        defer { withExtendedLifetime(temporary) {} }
        let folder = URL(filePath: temporary.path.string)
        let authority = hasTLS && authority == nil ? try await PrivateCA(in: FilePath(folder.path)) : authority
        let configuration = try await configure(folder, user, authority, wantsClientCertificate)
        let log = try FileDescriptor.open(
            FilePath(folder.path).appending("log"),
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        let steps = options.teardownSequence
        let outcome = try await run(
            .path(try binary ?? Self.binary()),
            arguments: ["serve", configuration],
            platformOptions: options,
            input: .none,
            output: .fileDescriptor(log, closeAfterSpawningProcess: false),
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            do {
                let port = try await port(in: folder.appending(path: "log"))
                let certificate = authority.map { FilePath($0.certificate) }
                let result = try await body(RealRegistry(host: "127.0.0.1:\(port)", user: user, authority: certificate))
                await execution.teardown(using: steps)
                return result
            } catch {
                await execution.teardown(using: steps)
                throw error
            }
        }
        return outcome.closureResult
    }

    private static func configure(
        _ folder: URL,
        _ user: User?,
        _ authority: PrivateCA?,
        _ wantsClientCertificate: Bool
    ) async throws -> String {
        var text = """
            version: 0.1
            log:
              level: info
            storage:
              filesystem:
                rootdirectory: \(folder.appending(path: "data").path)
              delete:
                enabled: true
            http:
              addr: 127.0.0.1:0

            """
        if let authority {
            text += """
                  tls:
                    certificate: \(authority.serverCertificate)
                    key: \(authority.serverKey)

                """
            if wantsClientCertificate { text += "    clientcas: [\(authority.certificate)]\n" }
        }
        if let user {
            let file = folder.appending(path: "htpasswd")
            // The registry knows bcrypt only; the password comes by standard input.
            let line = try await ExternalTool.run("htpasswd", ["-Bin", user.name], input: Array(user.password.utf8))
            try Data(line).write(to: file)
            text += """
                auth:
                  htpasswd:
                    realm: wafer test
                    path: \(file.path)

                """
        }
        let file = folder.appending(path: "config.yml")
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// The port that the kernel chose, as the log tells it.
    private static func port(in log: URL) async throws -> Int {
        for _ in 0..<2_400 {
            let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
            if let mark = text.firstRange(of: "listening on 127.0.0.1:"),
                let port = Int(text[mark.upperBound...].prefix { $0.isNumber })
            {
                return port
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
        throw Failure(description: "docker-registry did not start within two minutes: \(text.suffix(2_000))")
    }
}
