import OCI

/// Who logs in for requests that name no user.
///
/// For a mirror: the user of the database that `hosts.yaml` names for it (`mirror-user`), or the only one that the database has
/// for exactly its host. Then, and for all other requests, whoever the environment knows. Looked up only where a registry asks
/// for a login.
package struct RequestUsers: Sendable {
    /// How long the answers of the database are used.
    private static let lifetime = Duration.seconds(60)

    private let ambient: CredentialProvider?
    /// The users of the database, nil where there is none.
    let store: (any UserStore)?
    private let hosts: HostsConfiguration
    private let mirrorUsers: SingleFlightCache<String, MirrorUser>
    private let now: @Sendable () -> ContinuousClock.Instant

    /// What the database says of a mirror's host.
    private enum MirrorUser: Sendable {
        case user(RegistryCredentials)
        case nobody
        /// Several, and nothing says which.
        case several([String])
    }

    /// The users of the environment and of the database, and what `hosts.yaml` says of them.
    package init(
        ambient: CredentialProvider? = nil,
        store: (any UserStore)? = nil,
        hosts: HostsConfiguration = HostsConfiguration(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.now = now
        self.ambient = ambient
        self.store = store
        self.hosts = hosts
        mirrorUsers = SingleFlightCache(now: now)
    }

    /// The user of a request; nil for none. Throws ``RegistryError/Code/unusableCredentials``.
    func credentials(for request: RegistryRequest) async throws -> RegistryCredentials? {
        if request.isAnonymous { return nil }
        if let named = request.credentials { return named }
        do {
            let (host, repository) = (request.purpose.host, request.scope.repository)
            return try await user(at: host, repository: repository, isMirror: request.isForMirror)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw RegistryError(.unusableCredentials, request.purpose, detail: "\(error)")
        }
    }

    /// The user for a host by its canonical name where a request names nobody; nil for none. Throws ``CredentialsError``, and
    /// what the database throws.
    func user(at host: String, repository: String?, isMirror: Bool) async throws -> RegistryCredentials? {
        isMirror
            ? try await credentials(ofMirror: host, repository: repository)
            : try await ambient?.credentials(for: host, repository: repository)
    }

    /// The user for a mirror by its canonical host; nil for none.
    ///
    /// Throws ``CredentialsError`` where the one that is named is not there, or nobody is named of several; and what the
    /// database throws.
    package func credentials(ofMirror host: String, repository: String?) async throws -> RegistryCredentials? {
        let stored = try await mirrorUser(host)
        if case .user(let user) = stored { return user }
        let found = try await ambient?.credentials(for: host, repository: repository)
        if found == nil, case .several(let names) = stored {
            throw CredentialsError(
                "the database has several users for this mirror (\(names.joined(separator: ", "))): name one as "
                    + "mirror-user of \(host) in hosts.yaml"
            )
        }
        return found
    }

    private func mirrorUser(_ host: String) async throws -> MirrorUser {
        guard let store else { return .nobody }
        return try await mirrorUsers.value(for: host) {
            .init(value: try await find(host, store), expires: now() + Self.lifetime)
        }.value
    }

    private func find(_ host: String, _ store: any UserStore) async throws -> MirrorUser {
        if let name = hosts.hosts[host]?.mirrorUser {
            guard let user = try await store.credentials(of: name, at: host) else {
                throw CredentialsError(
                    "hosts.yaml names \(name) as mirror-user of \(host), who is not in the database: add the user with "
                        + "`wafer add-user --username \(name) --registry \(host)`"
                )
            }
            return .user(user)
        }
        let names = try await store.users(at: host)
        guard let only = names.first else { return .nobody }
        if names.count > 1 { return .several(names) }
        return try await store.credentials(of: only, at: host).map(MirrorUser.user) ?? .nobody
    }
}
