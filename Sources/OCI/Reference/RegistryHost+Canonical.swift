/// The names that one registry goes by.
extension RegistryHost {
    /// The names of Docker Hub: each is the same registry.
    private static let dockerHubNames: Set<String> = [
        "docker.io", "index.docker.io", "registry.hub.docker.com", "registry-1.docker.io",
    ]

    /// What paths in a CVMFS repository and complete names use for Docker Hub.
    package static let dockerHubLayoutName = "registry.hub.docker.com"

    /// Whether this is Docker Hub under one of its names, on the scheme's own port.
    package func isDockerHub(_ scheme: ImageReference.Scheme) -> Bool {
        explicitPort(scheme) == nil && Self.dockerHubNames.contains(name)
    }

    /// The host's identity, by which credentials are stored and selected: lower case, without the scheme's own port,
    /// `docker.io` for Docker Hub.
    package func canonical(_ scheme: ImageReference.Scheme = .https) -> String {
        isDockerHub(scheme) ? "docker.io" : withoutDefaultPort(scheme)
    }

    /// The host in paths of a CVMFS repository: ``canonical(_:)``, but `registry.hub.docker.com` for Docker Hub.
    package func layout(_ scheme: ImageReference.Scheme) -> String {
        isDockerHub(scheme) ? Self.dockerHubLayoutName : withoutDefaultPort(scheme)
    }

    /// The host that speaks the registry's API.
    package func api(_ scheme: ImageReference.Scheme) -> String {
        isDockerHub(scheme) ? "registry-1.docker.io" : withoutDefaultPort(scheme)
    }

    private func explicitPort(_ scheme: ImageReference.Scheme) -> Int? {
        port == scheme.defaultPort ? nil : port
    }

    private func withoutDefaultPort(_ scheme: ImageReference.Scheme) -> String {
        let bracketed = isIPv6 ? "[\(name)]" : name
        return explicitPort(scheme).map { "\(bracketed):\($0)" } ?? bracketed
    }
}
