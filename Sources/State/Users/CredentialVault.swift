import Foundation
import Plumbing
package import SystemPackage

/// Encrypts and decrypts passwords (docs/decisions/032-credentials-are-sealed.md).
///
/// AES-GCM authenticates the registry, the user and what is stored with each password: a row that was moved to another
/// registry, or that was changed, does not open. The key lies in a file of its own, away from the database.
package struct CredentialVault: Sendable {
    /// Where the key lies.
    package let keyFile: FilePath

    init(keyFile: FilePath) {
        self.keyFile = keyFile
    }

    /// The default place of the key file: `WAFER_KEY_FILE`, else `wafer/credentials.key` in the user's configuration
    /// folder. Nil where the environment names neither.
    ///
    /// A relative `XDG_CONFIG_HOME` is ignored, as the XDG base directory specification wants.
    package static func defaultKeyFile(environment: [String: String]) -> FilePath? {
        func value(_ name: String) -> FilePath? {
            environment[name].flatMap { $0.isEmpty ? nil : FilePath($0) }
        }
        if let file = value("WAFER_KEY_FILE") { return file }
        if let folder = value("XDG_CONFIG_HOME"), folder.isAbsolute { return folder.appending("wafer/credentials.key") }
        return value("HOME")?.appending(".config/wafer/credentials.key")
    }

    /// Whether there is a key file that can be used; throws when there is one that cannot.
    func key() throws -> VaultKey? {
        try VaultKeyFile(path: keyFile).load()
    }

    /// The key for a new password: made where there is none.
    func keyForSealing() throws -> (key: VaultKey, isNew: Bool) {
        try VaultKeyFile(path: keyFile).loadOrCreate()
    }

    /// Encrypts a password or token for one user of one registry.
    static func seal(_ credential: StoredCredential, of user: User, with key: VaultKey) throws -> SealedPassword {
        let bytes = try AESGCM.seal(
            Array(credential.secret.revealed.utf8),
            with: key.secret,
            authenticating: context(of: user, credential.kind, credential.allowsPlainHTTP)
        )
        return SealedPassword(
            bytes: Data(bytes),
            keyID: key.id,
            kind: credential.kind,
            allowsPlainHTTP: credential.allowsPlainHTTP
        )
    }

    /// Decrypts; throws `credentialChanged` unless key, ciphertext, user and registry are those of `seal`.
    static func open(_ sealed: SealedPassword, of user: User, with key: VaultKey) throws -> StoredCredential {
        let context = context(of: user, sealed.kind, sealed.allowsPlainHTTP)
        guard let clear = try AESGCM.open(Array(sealed.bytes), with: key.secret, authenticating: context) else {
            throw StateError.credentialChanged(user)
        }
        return StoredCredential(
            Password(String(decoding: clear, as: UTF8.self)),
            kind: sealed.kind,
            allowsPlainHTTP: sealed.allowsPlainHTTP
        )
    }

    /// Lengths go first, so that no other pair of registry and user gives the same bytes.
    ///
    /// A password that needs TLS has the form of the first version, which knew nothing else: old rows still open, and do not
    /// become anything else.
    private static func context(of user: User, _ kind: SecretKind, _ allowsPlainHTTP: Bool) -> [UInt8] {
        let isFirst = kind == .password && !allowsPlainHTTP
        var context = Array("wafer credential \(isFirst ? 1 : 2)".utf8)
        let more = isFirst ? [] : [kind.rawValue, allowsPlainHTTP ? "http" : "https"]
        for part in [user.canonicalRegistry, user.name] + more {
            context.append(contentsOf: "\u{0}\(part.utf8.count)\u{0}".utf8)
            context.append(contentsOf: part.utf8)
        }
        return context
    }
}
