import ArgumentParser
import Foundation
import OCI
import Plumbing
import Registry
import SystemPackage

/// How registries are reached.
struct NetworkOptions: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "Mirrors, certificates and limits of registries. WAFER_HOSTS, or else wafer/hosts.yaml in ~/.config.",
            valueName: "file"
        ),
        completion: .file()
    )
    var hosts: String?

    @Option(
        name: .customLong("host"),
        help: ArgumentHelp(
            "An entry for one registry, instead of that of hosts.yaml: 'a.org: {mirrors: [b.org], concurrent: 4}'. May be "
                + "repeated.",
            valueName: "entry"
        )
    )
    var hostEntries: [String] = []

    @Option(
        help: ArgumentHelp("Trust the authorities in this PEM file, too. May be repeated.", valueName: "file"),
        completion: .file()
    )
    var caFile: [String] = []

    @Option(help: ArgumentHelp("Use plain http for this registry. May be repeated.", valueName: "host"))
    var plainHttp: [String] = []

    @Option(help: ArgumentHelp("How often a request that fails for the moment is tried again.", valueName: "count"))
    var retries = RetryPolicy.standard.attempts - 1

    func validate() throws {
        guard (0...100).contains(retries) else { throw ValidationError("--retries \(retries): it must be 0 to 100") }
        for host in plainHttp {
            do {
                _ = try RegistryHost(parsing: host)
            } catch let error as OCIError {
                throw ValidationError("--plain-http \(host): \(error)")
            }
        }
    }

    /// The same for the client. Throws where a file or a variable cannot be read.
    func settings() async throws -> NetworkSettings {
        try await BlockingExecutor.shared.run { try readSettings() }
    }

    /// The same. Blocks.
    func readSettings() throws -> NetworkSettings {
        var settings = NetworkSettings()
        settings.hosts = try configuration()
        for entry in hostEntries {
            for (host, said) in try HostsFile.parse("hosts: {\(entry)}", file: "--host").hosts {
                settings.hosts.hosts[host] = said
            }
        }
        for host in plainHttp { try settings.hosts.speakPlainly(to: host) }
        settings.hosts.authorities += caFile.map { Environment.absolute($0).string }
        settings.retries.attempts = retries + 1
        settings.proxies = try ProxySettings(environment: ProcessInfo.processInfo.environment)
        settings.certificates = [.docker]
        return settings
    }

    /// The file that is named; the one at its place by default where there is one.
    private func configuration() throws -> HostsConfiguration {
        if let file = hosts ?? Environment.value("WAFER_HOSTS") { return try HostsFile.read(file) }
        guard let file = Environment.configurationFolder?.appending("hosts.yaml").string,
            FileManager.default.fileExists(atPath: file)
        else { return HostsConfiguration() }
        return try HostsFile.read(file)
    }
}
