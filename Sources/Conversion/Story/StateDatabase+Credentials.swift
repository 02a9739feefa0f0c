package import OCI
package import Registry
package import State

extension StateDatabase {
    /// The credentials that a stored image is fetched or pushed with; nil where it names no user.
    ///
    /// They are selected by the reference's exact registry host (docs/decisions/033-credentials-by-exact-host.md). Throws
    /// ``ConversionError`` with the remedy where the user is not in the database.
    package func credentials(for reference: StoredReference) async throws -> RegistryCredentials? {
        guard let user = reference.user else { return nil }
        if case .local = try ImageSource(reference) {
            throw ConversionError("nobody logs in for \(reference.text), which is a file: leave the user \(user) out")
        }
        return try await credentials(
            of: user,
            registry: reference.registry,
            canonicalRegistry: reference.canonicalRegistry
        )
    }

    /// The credentials of a user in the database. Throws as ``credentials(for:)``.
    package func credentials(
        of user: String,
        registry: String,
        canonicalRegistry: String
    ) async throws -> RegistryCredentials {
        guard let known = try await knownCredentials(of: user, canonicalRegistry: canonicalRegistry) else {
            throw ConversionError(
                "there is no user \(user) of \(registry) in the database: add it with "
                    + "`wafer add-user --username \(user) --registry \(registry)`"
            )
        }
        return known
    }

    /// The same; nil where there is no such user.
    package func knownCredentials(
        of user: String,
        canonicalRegistry: String
    ) async throws -> RegistryCredentials? {
        let stored: StoredCredential
        do {
            stored = try await users.credential(of: user, canonicalRegistry: canonicalRegistry)
        } catch StateError.unknownUser {
            return nil
        }
        return RegistryCredentials(
            host: canonicalRegistry,
            username: user,
            secret: stored.secret.revealed,
            kind: stored.kind == .token ? .identityToken : .password,
            allowsPlainHTTP: stored.allowsPlainHTTP
        )
    }
}

extension ImageReference {
    /// The reference as it was stored.
    package init(_ stored: StoredReference) throws {
        try self.init(parsing: stored.text)
    }
}

extension ImageSource {
    /// The source as it was stored, with an absolute path where it is a file.
    package init(_ stored: StoredReference) throws {
        try self.init(parsing: stored.text, folder: "/")
    }
}

extension StoredReference {
    /// How a source is stored. The column of the tag has `*` where a file holds one image without a name.
    package init(_ source: ImageSource, user: String?) {
        switch source {
        case .registry(let reference): self.init(reference, user: user)
        case .local(let name):
            self.init(
                text: name.description,
                user: user,
                place: RegistryPlace(
                    scheme: name.form.rawValue,
                    registry: LocalImageName.host,
                    canonicalRegistry: LocalImageName.host
                ),
                repository: name.path,
                tag: name.name ?? "*",
                digest: nil
            )
        }
    }

    /// How a reference is stored: as typed, with what identifies it.
    package init(_ reference: ImageReference, user: String?) {
        self.init(
            text: reference.description,
            user: user,
            place: RegistryPlace(
                scheme: reference.scheme.rawValue,
                registry: reference.registry,
                canonicalRegistry: reference.canonicalHost
            ),
            repository: reference.repository,
            tag: reference.tag,
            digest: reference.digest?.description
        )
    }
}
