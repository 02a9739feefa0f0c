import Foundation
import Plumbing

/// A user of one registry. No description or mirror shows the secret.
package struct RegistryCredentials: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// What the secret is.
    package enum Kind: String, Sendable, Equatable {
        /// A password, or what a registry takes in its place: sent by Basic authentication.
        case password
        /// A refresh token ("identity token" in Docker's words): the token service gives tokens for it.
        case identityToken
        /// A bearer token that is used as it is (`registrytoken` in docker's files).
        case registryToken
    }

    /// The registry's canonical host (`ImageReference.canonicalHost`): they are never used with another one.
    package let host: String
    /// The user's name.
    package let username: String
    /// What the secret is.
    package let kind: Kind
    /// Whether they may be sent without TLS to another machine: only where they were stored for that.
    package let allowsPlainHTTP: Bool
    /// Where they come from, as a file or a variable; nil for the database.
    package let source: String?
    let secret: String

    /// Whether they come from the database.
    var isStored: Bool { source == nil }

    /// Takes the canonical host, the user and the secret.
    package init(
        host: String,
        username: String,
        secret: String,
        kind: Kind,
        allowsPlainHTTP: Bool = false,
        source: String? = nil
    ) {
        self.host = host
        self.username = username
        self.secret = secret
        self.kind = kind
        self.allowsPlainHTTP = allowsPlainHTTP
        self.source = source
    }

    /// A user with a password from the database.
    package init(host: String, username: String, password: String, allowsPlainHTTP: Bool = false) {
        self.init(
            host: host,
            username: username,
            secret: password,
            kind: .password,
            allowsPlainHTTP: allowsPlainHTTP
        )
    }

    /// The user and the host.
    package var description: String { "\(username) at \(host)" }

    /// What debuggers and `dump` show: no secret.
    package var customMirror: Mirror {
        Mirror(self, children: ["host": host, "username": username, "kind": kind.rawValue])
    }

    /// The same user with another refresh token.
    func with(token: String) -> RegistryCredentials {
        RegistryCredentials(
            host: host,
            username: username,
            secret: token,
            kind: .identityToken,
            allowsPlainHTTP: allowsPlainHTTP,
            source: source
        )
    }

    /// Why they cannot be sent, nil where they can. Shows nothing of the secret.
    var fault: String? {
        // A token goes without its user's name.
        (kind == .password ? LoginRule.fault(ofUser: username) : nil) ?? LoginRule.fault(ofSecret: secret)
    }

    /// The value of an `Authorization` header (RFC 7617). Throws ``RegistryError/Code/unusableCredentials``.
    func basicAuthorization(for purpose: Purpose) throws -> String {
        if let fault = LoginRule.fault(ofUser: username) ?? LoginRule.fault(ofSecret: secret) {
            throw RegistryError(
                .unusableCredentials,
                purpose,
                detail: fault,
                nextStep: source.map { "change it in \($0)" }
                    ?? "remove the user with `wafer remove-user`, and add the one that the registry knows"
            )
        }
        return basicForm
    }

    /// The same, whether it may be sent or not.
    var basicForm: String { "Basic " + Data("\(username):\(secret)".utf8).base64EncodedString() }
}
