/// The names of a reference's registry.
extension ImageReference {
    /// Whether the registry is Docker Hub.
    package var isDockerHub: Bool { host.isDockerHub(scheme) }

    /// The registry's identity, by which credentials are stored and selected (`docker.io` for Docker Hub).
    package var canonicalHost: String { host.canonical(scheme) }

    /// The registry in paths of a CVMFS repository (`registry.hub.docker.com` for Docker Hub).
    package var layoutHost: String { host.layout(scheme) }

    /// The `host[:port]` that speaks the registry's API (`registry-1.docker.io` for Docker Hub).
    package var apiHost: String { host.api(scheme) }
}
