package import OCI

/// How registry hosts are reached, where they are not like any other: what `hosts.yaml` and the command line say.
package struct HostsConfiguration: Sendable, Equatable {
    /// By canonical host (`ImageReference.canonicalHost`).
    package var hosts: [String: HostSettings]
    /// Authorities that are trusted for every host.
    package var authorities: [String]

    /// Takes both.
    package init(_ hosts: [String: HostSettings] = [:], authorities: [String] = []) {
        self.hosts = hosts
        self.authorities = authorities
    }

    /// What is said of an image's registry.
    package func settings(for reference: ImageReference) -> HostSettings? {
        hosts[reference.canonicalHost]
    }

    /// What is said of the host of a URL.
    package func settings(for url: RequestURL) -> HostSettings? {
        hosts[url.host.canonical(url.scheme)]
    }

    /// Has a host spoken to in clear text. Throws `OCIError` where that is no host.
    package mutating func speakPlainly(to host: String) throws {
        hosts[try RegistryHost(parsing: host).canonical(), default: HostSettings()].isInsecure = true
    }
}
