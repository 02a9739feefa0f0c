import Conversion
import Foundation
import Logging
import OCI
import Registry
import State

/// Asks the registries of desideratas whether they answer, each once.
struct RegistryDoctor {
    let database: StateDatabase
    let desideratas: [Desiderata]
    let network: NetworkSettings
    let logger: Logger

    private static let timeout = Duration.seconds(30)

    func examine() async throws -> [DoctorCheck] {
        guard !desideratas.isEmpty else {
            return [.ok("desideratas", "there are none for this repository")]
        }
        var asked: Set<String> = []
        var references: [StoredReference] = []
        for stored in desideratas.flatMap({ [$0.input, $0.output].compactMap(\.self) }).map(\.reference) {
            let isLocal = if case .local = try ImageSource(stored) { true } else { false }
            let key = isLocal ? stored.text : "\(stored.canonicalRegistry) \(stored.user ?? "")"
            if asked.insert(key).inserted { references.append(stored) }
        }
        let wanted = references
        return try await RegistryAccess.with(logger, network, users: DatabaseUsers(database)) { client in
            await withTaskGroup(of: DoctorCheck.self) { group in
                for stored in wanted { group.addTask { await check(stored, client) } }
                var checks: [DoctorCheck] = []
                // Two images may lead to the same user on different ways, as one that names nobody to one of the files.
                for await check in group where !checks.contains(check) { checks.append(check) }
                return checks.sorted { $0.name < $1.name }
            }
        }
    }

    private func check(_ stored: StoredReference, _ client: RegistryClient) async -> DoctorCheck {
        guard case .registry(let reference) = try? ImageSource(stored) else {
            // Also what no version of this can read: the error says so.
            return await DoctorCheck.of("image \(stored.text)") {
                _ = try await client.open(ImageSource(stored), credentials: nil)
                return .ok("image \(stored.text)", "can be read")
            }
        }
        let name = "registry \(stored.canonicalRegistry)"
        return await DoctorCheck.of(name) {
            let credentials = try await database.credentials(for: stored)
            let report = try await RegistryAccess.firstThatAnswers([reference], within: Self.timeout) { reference in
                try await client.login(to: reference, repository: reference.repository, credentials: credentials)
            }
            return .ok(name, report.user.map { "lets \($0.username) in" } ?? "answers")
        }
    }
}
