import GRDB
import Plumbing

/// Those who log in to registries, with what is stored of them in a database. All methods throw `StateError`.
package struct UserAccounts: Sendable {
    let connection: DatabaseConnection
    /// Nil where the environment names no place for a key file: then only what needs no password works.
    let vault: CredentialVault?

    /// Stores a password, encrypted. See ``add(_:credential:)``.
    package func add(_ user: User, password: Password) async throws -> UserAddition {
        try await add(user, credential: StoredCredential(password))
    }

    /// Stores a password or token, encrypted. The same user and registry again replaces it.
    ///
    /// Makes the key file if there is none: `newKeyFile` names it then, and `unreadable` whoever needed the lost one.
    package func add(_ user: User, credential: StoredCredential) async throws -> UserAddition {
        let secret = credential.secret.revealed
        for (value, name) in [(user.name, "username"), (user.registry, "registry"), (secret, "password")]
        where value.isEmpty {
            throw StateError.invalidValue("the \(name) is empty")
        }
        if let fault = LoginRule.fault(ofUser: user.name) ?? LoginRule.fault(ofSecret: secret) {
            throw StateError.invalidValue(fault)
        }
        guard !user.canonicalRegistry.isEmpty else { throw StateError.invalidValue("the registry is empty") }
        let vault = try knownVault()
        let (key, isNew) = try await BlockingExecutor.shared.run { try vault.keyForSealing() }
        let sealed = try CredentialVault.seal(credential, of: user, with: key)
        return try await connection.write { db in
            let replaced = try UserAccounts.hasUser(user.name, user.canonicalRegistry, db)
            try db.execute(
                sql: """
                    INSERT INTO credential (user, registry, canonical_registry, sealed, key_id, kind, plain_http)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (user, canonical_registry)
                    DO UPDATE SET registry = excluded.registry, sealed = excluded.sealed, key_id = excluded.key_id,
                        kind = excluded.kind, plain_http = excluded.plain_http
                    """,
                arguments: [
                    user.name, user.registry, user.canonicalRegistry, sealed.bytes, sealed.keyID,
                    sealed.kind.rawValue, sealed.allowsPlainHTTP,
                ]
            )
            return UserAddition(
                replaced: replaced,
                newKeyFile: isNew ? vault.keyFile : nil,
                unreadable: try UserAccounts.users(notOf: key.id, db)
            )
        }
    }

    /// Puts a new token in the place of one that is still stored, encrypted as that. Returns whether it was.
    ///
    /// Whatever was stored meanwhile stays. Throws as ``credential(of:canonicalRegistry:)`` does.
    package func replaceToken(
        _ old: Password,
        by new: Password,
        of name: String,
        canonicalRegistry: String
    ) async throws -> Bool {
        let (user, found, key) = try await sealed(name, canonicalRegistry)
        let stored = try CredentialVault.open(found, of: user, with: key)
        guard stored.kind == .token, stored.secret == old, !new.revealed.isEmpty else { return false }
        let replacement = StoredCredential(new, kind: .token, allowsPlainHTTP: stored.allowsPlainHTTP)
        let sealed = try CredentialVault.seal(replacement, of: user, with: key)
        return try await connection.write { db in
            try db.execute(
                sql: "UPDATE credential SET sealed = ? WHERE user = ? AND canonical_registry = ? AND sealed = ?",
                arguments: [sealed.bytes, name, canonicalRegistry, found.bytes]
            )
            return db.changesCount == 1
        }
    }

    /// All users, by registry and name. Their passwords are not read.
    package func all() async throws -> [User] {
        try await connection.read { db in try UserAccounts.users(notOf: nil, db) }
    }

    /// All users with what is stored of them, by registry and name. Nothing is decrypted.
    package func entries() async throws -> [UserEntry] {
        try await connection.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM credential ORDER BY canonical_registry, user").map { row in
                let user = try User(row: row)
                guard let kind = SecretKind(rawValue: try row.value("kind")) else {
                    throw StateError.credentialChanged(user)
                }
                return UserEntry(user: user, kind: kind, allowsPlainHTTP: try row.value("plain_http"))
            }
        }
    }

    /// The names of the users at a registry, in their order.
    package func names(at canonicalRegistry: String) async throws -> [String] {
        try await all().filter { $0.canonicalRegistry == canonicalRegistry }.map(\.name)
    }

    /// Whether there is such a user, without reading the password.
    package func contains(_ name: String, canonicalRegistry: String) async throws -> Bool {
        try await connection.read { db in try UserAccounts.hasUser(name, canonicalRegistry, db) }
    }

    /// Forgets a user. Images keep the name. Throws `unknownUser`.
    package func remove(_ name: String, canonicalRegistry: String) async throws {
        try await connection.write { db in
            try db.execute(
                sql: "DELETE FROM credential WHERE user = ? AND canonical_registry = ?",
                arguments: [name, canonicalRegistry]
            )
            guard db.changesCount == 1 else { throw StateError.unknownUser(name, registry: canonicalRegistry) }
        }
    }

    /// A user's password or token, decrypted. See ``credential(of:canonicalRegistry:)``.
    package func password(of name: String, canonicalRegistry: String) async throws -> Password {
        try await credential(of: name, canonicalRegistry: canonicalRegistry).secret
    }

    /// What a user logs in with, decrypted.
    ///
    /// Throws `unknownUser`; where the key file is gone or another, an error that lists who has to be added again; where
    /// the row was changed, `credentialChanged`.
    package func credential(of name: String, canonicalRegistry: String) async throws -> StoredCredential {
        let (user, sealed, key) = try await sealed(name, canonicalRegistry)
        return try CredentialVault.open(sealed, of: user, with: key)
    }

    private func sealed(
        _ name: String,
        _ canonicalRegistry: String
    ) async throws -> (User, SealedPassword, VaultKey) {
        // The key is read on the same thread, which may block.
        let (row, found) = try await connection.ask { db in
            guard let row = try UserAccounts.credential(name, canonicalRegistry, db) else {
                throw StateError.unknownUser(name, registry: canonicalRegistry)
            }
            return (row, try vault?.key())
        }
        let known = try knownVault()
        guard let key = found else {
            throw StateError.keyFileMissing(known.keyFile, users: try await all())
        }
        guard row.sealed.keyID == key.id else {
            let users = try await connection.read { db in try UserAccounts.users(notOf: key.id, db) }
            throw StateError.otherKey(known.keyFile, user: row.user, users: users)
        }
        return (row.user, row.sealed, key)
    }

    private func knownVault() throws -> CredentialVault {
        guard let vault else { throw StateError.noKeyFileKnown }
        return vault
    }

    private static func hasUser(_ name: String, _ registry: String, _ db: Database) throws -> Bool {
        try db.firstRow("SELECT 1 FROM credential WHERE user = ? AND canonical_registry = ?", [name, registry]) != nil
    }

    private static func credential(
        _ name: String,
        _ registry: String,
        _ db: Database
    ) throws -> (user: User, sealed: SealedPassword)? {
        let row = try db.firstRow(
            "SELECT * FROM credential WHERE user = ? AND canonical_registry = ?",
            [name, registry]
        )
        return try row.map { row in
            let user = try User(row: row)
            // Whoever writes another kind into a row makes it one that does not open.
            guard let kind = SecretKind(rawValue: try row.value("kind")) else {
                throw StateError.credentialChanged(user)
            }
            let sealed = SealedPassword(
                bytes: try row.value("sealed"),
                keyID: try row.value("key_id"),
                kind: kind,
                allowsPlainHTTP: try row.value("plain_http")
            )
            return (user, sealed)
        }
    }

    /// All users but those whose passwords need the key `id`.
    private static func users(notOf id: String?, _ db: Database) throws -> [User] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT user, registry, canonical_registry FROM credential WHERE key_id IS NOT ?
                ORDER BY canonical_registry, user
                """,
            arguments: [id]
        ).map(User.init(row:))
    }
}

extension User {
    init(row: Row) throws {
        self.init(
            name: try row.value("user"),
            registry: try row.value("registry"),
            canonicalRegistry: try row.value("canonical_registry")
        )
    }
}
