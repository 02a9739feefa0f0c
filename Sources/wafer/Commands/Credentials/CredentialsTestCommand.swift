import ArgumentParser
import Conversion
import Foundation
import OCI
import Plumbing
import Registry
import State

/// Says which credentials would be used for a registry, and asks it whether they work.
struct CredentialsTestCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Say which credentials would be used for a registry, and try them.",
        usage: """
            wafer credentials test <host> [--username <name>] [--format <form>]
            wafer credentials test <host>/<repository>
            wafer credentials test <host> --mirror [--hosts <file>]
            """,
        discussion: """
            Shows no secret. The database is only needed for --username; without that
            option the credentials are those for an image that names no user. With
            --mirror they are those for a host that is a mirror in hosts.yaml.

            EXIT STATUS:
              0   the registry lets them in, or asks for no login
              1   it does not, or there are broken ones

            EXAMPLES:
              wafer credentials test docker.io --username foo
              wafer credentials test docker.foo.bar.com/group/app --format json
            """
    )

    @Argument(help: ArgumentHelp("[SCHEME://]HOST[:PORT][/REPOSITORY]", valueName: "host"))
    var host: String

    @OptionGroup
    var user: UserOption

    @Flag(help: "As a mirror of another registry.")
    var mirror = false

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    /// Longer than a registry takes that works.
    private static let timeout = Duration.seconds(60)

    func validate() throws {
        if mirror, user.username != nil { throw ValidationError("--mirror and --username cannot go together") }
    }

    func run() async throws {
        let registry = try TypedRegistry(host, allowsRepository: true)
        let credentials = try await credentials(registry)
        let references = try registry.references()
        let outcome: Result<LoginReport, RegistryError>
        do {
            let report = try await RegistryAccess.with(
                global.logger,
                network.settings().probing,
                users: global.users
            ) { client in
                try await RegistryAccess.firstThatAnswers(references, within: Self.timeout) { reference in
                    try await client.login(to: reference, repository: registry.repository, credentials: credentials)
                }
            }
            outcome = .success(report)
        } catch let error as RegistryError {
            outcome = .failure(error)
        }
        try show(registry, credentials, outcome)
        if case .failure = outcome { throw ExitStatus.nothingDone }
    }

    private func credentials(_ registry: TypedRegistry) async throws -> RegistryCredentials? {
        if mirror {
            let users = RequestUsers(
                ambient: RegistryAccess.ambient,
                store: global.users,
                hosts: try await network.settings().hosts
            )
            return try await users.credentials(ofMirror: registry.canonical, repository: registry.repository)
        }
        guard let username = user.username else {
            return try await RegistryAccess.ambient.credentials(
                for: registry.canonical,
                repository: registry.repository
            )
        }
        let database = try await global.openDatabase()
        let credentials = try await database.credentials(
            of: username,
            registry: registry.host.typed,
            canonicalRegistry: registry.canonical
        )
        try await database.close()
        return credentials
    }

    private func show(
        _ registry: TypedRegistry,
        _ credentials: RegistryCredentials?,
        _ outcome: Result<LoginReport, RegistryError>
    ) throws {
        let source = credentials.map { $0.source ?? "the database" }
        let report = try? outcome.get()
        let error: String? = if case .failure(let error) = outcome { ErrorText.describe(error) } else { nil }
        switch format {
        case .text:
            let who = credentials.map { "\(Cell.text($0.username).shown), \(Self.words(for: $0.kind))" }
            try StandardOutput.line(
                "credentials: " + (who.map { "\($0) from \(Cell.text(source ?? "").shown)" } ?? "none, nobody logs in")
            )
            try StandardOutput.line("registry: " + (error ?? Self.words(for: report, registry.canonical)))
        case .json:
            let text = { (text: String?) in text.map(JSONValue.string) ?? .null }
            let members: [String: JSONValue] = [
                "error": text(error),
                "kind": text(credentials.map { $0.kind == .password ? "password" : "token" }),
                "login": text(report?.scheme),
                "registry": .string(registry.canonical),
                "source": text(source),
                "token_service": text(report?.tokenService),
                "user": text(credentials?.username),
                "works": report == nil ? .bool(false) : report?.scheme == nil ? .null : .bool(true),
            ]
            try StandardOutput.line(try JSONValue.object(members).text())
        }
    }

    private static func words(for kind: RegistryCredentials.Kind) -> String {
        switch kind {
        case .password: "a password"
        case .identityToken: "a token"
        case .registryToken: "a bearer token"
        }
    }

    private static func words(for report: LoginReport?, _ host: String) -> String {
        guard let report, let scheme = report.scheme else { return "\(host) asks for no login here" }
        let place = report.tokenService.map { ", by tokens of \(Cell.text($0).shown)" } ?? ", by \(scheme)"
        return "\(host) lets \(report.user.map { Cell.text($0.username).shown } ?? "everybody") in\(place)"
    }
}
