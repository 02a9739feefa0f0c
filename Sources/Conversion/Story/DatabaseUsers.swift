package import Registry
package import State

/// The users of a database, as the registry client needs them.
package struct DatabaseUsers: UserStore {
    private let open: @Sendable () async throws -> StateDatabase?
    /// Whether a database is closed when it was asked.
    private let isOpenedHere: Bool

    /// The users of an open database.
    package init(_ database: StateDatabase) {
        open = { database }
        isOpenedHere = false
    }

    /// The users of a database that is opened each time that somebody asks; `open` gives nil where there is none.
    package init(opening open: @escaping @Sendable () async throws -> StateDatabase?) {
        self.open = open
        isOpenedHere = true
    }

    /// Their names at a registry.
    package func users(at host: String) async throws -> [String] {
        try await with { try await $0.users.names(at: host) } ?? []
    }

    /// A user's credentials; nil where there is no such user.
    package func credentials(of user: String, at host: String) async throws -> RegistryCredentials? {
        try await with { try await $0.knownCredentials(of: user, canonicalRegistry: host) } ?? nil
    }

    /// Stores a new token in the place of one that is still stored.
    package func replaceToken(_ old: String, of user: String, at host: String, by new: String) async throws {
        // Where something else is stored meanwhile, that is what somebody wanted.
        _ = try await with { database in
            try await database.users.replaceToken(Password(old), by: Password(new), of: user, canonicalRegistry: host)
        }
    }

    private func with<Value: Sendable>(_ body: (StateDatabase) async throws -> Value) async throws -> Value? {
        guard let database = try await open() else { return nil }
        guard isOpenedHere else { return try await body(database) }
        do {
            let value = try await body(database)
            try await database.close()
            return value
        } catch {
            // The first error is the one to tell; the system closes what is left open.
            try? await database.close()
            throw error
        }
    }
}
