import Foundation
import TestSupport
import Testing

/// A whole run at debug level, searched for everything secret: all output, the database with its log, all other files.
@Suite(.timeLimit(.minutes(5))) struct SecretTests {
    private static let password = "correct-horse-battery"

    /// The password and every form in which it is sent.
    private static func forms(_ user: String) -> [String] {
        [password, Data("\(user):\(password)".utf8).base64EncodedString(), Data(password.utf8).base64EncodedString()]
    }

    @Test(
        arguments: [.basic(["ann": password]), .token(["ann": password])] as [InMemoryRegistryAccess],
        [false, true]
    )
    func areNowhere(access: InMemoryRegistryAccess, isForToken: Bool) async throws {
        try await InMemoryRegistry.with(access) { registry in
            if isForToken {
                registry.faults.refreshTokens = .post
                // A new one each time, so that all that goes with storing it is in the output, too.
                registry.faults.rotatesRefreshTokens = true
            }
            // A server that sends back what it got.
            registry.faults.errorBody = "you sent {sent}"
            try registry.addImage("app", tag: "1", layers: [Layers.base, Layers.application])
            let sandbox = try Sandbox()
            var output = ""
            func run(_ arguments: String..., input: String = "", fails: Bool = false) async throws {
                let format = output.count % 2 == 0 ? "text" : "json"
                let outcome = try await sandbox.wafer(
                    arguments + ["--log-level", "debug", "--log-format", format],
                    input: input
                )
                #expect((outcome.code != 0) == fails, "\(arguments): \(outcome.errors)")
                output += outcome.text + outcome.errors
            }
            try await run("init")
            try await run("add-user", "-u", "ann", "-r", registry.host, "--password-stdin", input: Self.password)
            try await run("credentials", "test", registry.host, "--username", "ann")
            try await run("repository", "create", "cd.cern.ch", "--storage", "srv")
            try await run(
                "add-desiderata",
                "-i",
                registry.reference("app:1"),
                "-o",
                registry.reference("thin/app:1"),
                "-r",
                "cd.cern.ch",
                "-a",
                "ann",
                "-b",
                "ann",
                "--no-convert"
            )
            // The look without credentials comes first.
            try await run("convert", fails: true)
            try await run("set-desiderata", "1", "--allow-private")
            try await run("convert")
            try await run("verify", registry.reference("app:1"))
            try await run("download-manifest", registry.reference("none:1"), "-u", "ann", fails: true)
            registry.faults.refusesTokens = true
            registry.faults.manifestStatus = 500
            try await run("download-manifest", registry.reference("app:1"), "-u", "ann", fails: true)
            #expect(registry.manifest("thin/app", "1") != nil)

            #expect(output.contains("registry request"))
            #expect(output.contains("you sent"))
            var secrets = Self.forms("ann") + registry.refreshTokens
            secrets += registry.requests.flatMap { $0.formValues("refresh_token") }
            if isForToken, case .token = access { #expect(Set(secrets).count > 6) }
            secrets += registry.requests.compactMap {
                $0.header("Authorization")?.split(separator: " ").last.map(String.init)
            }
            for secret in Set(secrets) {
                #expect(!output.contains(secret), "\(secret) in the output")
                let files = try await sandbox.shell("grep -rlaF -- '\(secret)' . ; true")
                #expect(files.text == "", "\(secret)")
            }
        }
    }
}
