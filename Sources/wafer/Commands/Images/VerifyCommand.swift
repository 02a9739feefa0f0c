import ArgumentParser
import CVMFS
import Conversion
import OCI
import Plumbing
import Registry
import State

/// Compares an image in a repository with its registry.
struct VerifyCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare an image in a repository with its registry.",
        usage: """
            wafer verify <image> [--repository <fqrn>] [--username <name>]
                       [--platform <os/arch>] [--format <form>]
            """,
        discussion: """
            Downloads every layer and compares entries and content with what is
            published; then the root file system with what the layers make, its names,
            podman's store, and the thin image, where they are there or a desiderata
            wants them. Exit status 1 and a line for each difference where they are not
            equal. Repository and user are those of the image's desideratas where there
            is only one, and platforms those that the desideratas want, or else
            linux/amd64.

            EXAMPLE:
              wafer verify https://registry.hub.docker.com/library/redis:4
            """
    )

    @OptionGroup
    var argument: ImageArgument

    @Option(name: .shortAndLong, help: ArgumentHelp("The repository that has it.", valueName: "fqrn"))
    var repository: String?

    @OptionGroup
    var user: UserOption

    @Option(
        help: ArgumentHelp("The only platform to compare.", valueName: "os/arch"),
        transform: Platform.argument
    )
    var platform: Platform?

    @OptionGroup
    var progress: ProgressOption

    @OptionGroup(title: "Limits of a Layer")
    var limitOptions: LimitOptions

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let image = try argument.parsed()
        let database = try await global.openDatabase()
        let subject = try await VerificationSubject(image, repository: repository, user: user.username, in: database)
        let registration = try await database.registrations.repository(subject.repository)
        let repository = VerifiedRepository(
            try await global.opener(network: network).reading(registration),
            registration
        )
        let request = try await request(for: image, subject, database)
        let report = progress.reporter(global)
        let findings = try await RegistryAccess.with(
            global.logger,
            network.settings(),
            users: DatabaseUsers(database)
        ) { registry in
            let verification = ImageVerification(
                registry: registry,
                repository: repository,
                limits: limitOptions.limits,
                report: report
            )
            return try await verification.findings(request)
        }
        try await database.close()
        try show(findings, image, subject.repository)
        if !findings.differences.isEmpty { throw ExitStatus.nothingDone }
    }

    private func request(
        for image: ImageSource,
        _ subject: VerificationSubject,
        _ database: StateDatabase
    ) async throws -> VerificationRequest {
        var wanted: [VerificationRequest.Wanted] = []
        for wish in subject.desideratas.map(Wish.init) {
            var credentials: RegistryCredentials?
            if let output = wish.output { credentials = try await database.credentials(for: output) }
            wanted.append(VerificationRequest.Wanted(wish, credentials: credentials))
        }
        return VerificationRequest(
            of: image,
            wanted: wanted,
            platform: platform,
            credentials: try await database.credentials(for: StoredReference(image, user: subject.user))
        )
    }

    private func show(
        _ findings: ImageVerification.Findings,
        _ image: ImageSource,
        _ repository: String
    ) throws {
        let differences = findings.differences
        switch format {
        case .text:
            for line in differences + findings.notCompared { try StandardOutput.line(Cell.text(line).field) }
            if differences.isEmpty {
                let end = findings.losses.isEmpty ? "" : ", except what is not stored:"
                try StandardOutput.line("\(image) in \(repository) is equal to its registry's\(end)")
            } else if !findings.losses.isEmpty {
                try StandardOutput.line("Not stored, as was said when the layers were published, and no differences:")
            }
            for (layer, losses) in findings.losses {
                try StandardOutput.line("layer \(layer): \(LayerLoss.text(losses))")
            }
        case .json:
            let losses = findings.losses.map { layer, losses in
                let counts = losses.map { ($0.rawValue, JSONValue.integer(Int64($1))) }
                return (layer.description, JSONValue.object(Dictionary(uniqueKeysWithValues: counts)))
            }
            let report = JSONValue.object([
                "differences": .array(differences.map(JSONValue.string)),
                "equal": .bool(differences.isEmpty),
                "image": .string(image.description),
                "not_compared": .array(findings.notCompared.map(JSONValue.string)),
                "not_stored": .object(Dictionary(uniqueKeysWithValues: losses)),
                "repository": .string(repository),
            ])
            try StandardOutput.line(report.text())
        }
    }
}
