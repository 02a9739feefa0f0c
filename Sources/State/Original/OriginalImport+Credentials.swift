import GRDB
import Plumbing

extension OriginalImport {
    private struct Candidate {
        let row: OriginalRow
        let user: User
        let password: Password
    }

    /// Encrypts every password. Two rows may be of one user now, where registries have several names: those that bear
    /// the canonical one come first and stay.
    mutating func take(credentials rows: [OriginalRow]) throws {
        var candidates: [Candidate] = []
        for row in rows {
            if let candidate = try candidate(row) { candidates.append(candidate) }
        }
        guard !candidates.isEmpty else { return }
        guard let vault else { throw StateError.noKeyFileKnown }
        let (key, isNew) = try vault.keyForSealing()
        if isNew { result.newKeyFile = vault.keyFile }
        let isCanonical = { (candidate: Candidate) in candidate.user.registry == candidate.user.canonicalRegistry }
        var kept: [[String]: Candidate] = [:]
        for candidate in candidates.filter(isCanonical) + candidates.filter({ !isCanonical($0) }) {
            let identity = [candidate.user.name, candidate.user.canonicalRegistry]
            if let twin = kept[identity] {
                try merge(candidate, into: twin)
            } else {
                kept[identity] = candidate
                try insert(candidate, key)
            }
        }
    }

    private mutating func candidate(_ row: OriginalRow) throws -> Candidate? {
        guard let name = row.text("user"), let registry = row.text("registry"), let password = row.text("password")
        else {
            try setAside(row, "a user needs a name, a registry and a password")
            return nil
        }
        warnOfDamage(row, [("user", "user"), ("registry", "registry")])
        let user = User(name: name, registry: registry, canonicalRegistry: canonical(registry, of: name))
        if row.isNumber("password") {
            warn("the password of \(user) was stored as a number, which drops zeros: if its login fails, add it again")
        }
        if let fault = LoginRule.fault(ofUser: name) ?? LoginRule.fault(ofSecret: password) {
            warn("\(user) cannot log in anywhere: \(fault); remove it, and add the one that the registry knows")
        }
        return Candidate(row: row, user: user, password: Password(password))
    }

    /// A registry that is none keeps its row: the operator sees it in the list and can remove it.
    private mutating func canonical(_ registry: String, of name: String) -> String {
        do {
            return try rules.canonicalRegistry(registry)
        } catch {
            warn("user \(name) at \(registry): no image can use it, as this is not the host of a registry (\(error))")
            return registry
        }
    }

    private func insert(_ candidate: Candidate, _ key: VaultKey) throws {
        let user = candidate.user
        let sealed = try CredentialVault.seal(StoredCredential(candidate.password), of: user, with: key)
        try db.execute(
            sql: "INSERT INTO credential (user, registry, canonical_registry, sealed, key_id) VALUES (?, ?, ?, ?, ?)",
            arguments: [user.name, user.registry, user.canonicalRegistry, sealed.bytes, sealed.keyID]
        )
    }

    private mutating func merge(_ candidate: Candidate, into twin: Candidate) throws {
        let (user, kept) = (candidate.user, twin.user)
        if candidate.password == twin.password {
            warn("\(user) is the same as \(kept): merged")
        } else {
            try setAside(
                candidate.row,
                "\(user) is the same as \(kept), whose password was kept: add the user again if that is the wrong one"
            )
        }
    }
}
