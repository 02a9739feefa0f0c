import Foundation

/// A user of one registry. No description or mirror shows the password.
package struct RegistryCredentials: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// The registry's canonical host (`ImageReference.canonicalHost`): they are never used with another one.
    package let host: String
    /// The user's name. A ":" in it cannot be sent (RFC 7617 §2).
    package let username: String
    let password: String

    /// Takes the canonical host, the user and the password.
    package init(host: String, username: String, password: String) {
        self.host = host
        self.username = username
        self.password = password
    }

    /// The user and the host.
    package var description: String { "\(username) at \(host)" }

    /// What debuggers and `dump` show: no password.
    package var customMirror: Mirror { Mirror(self, children: ["host": host, "username": username]) }

    /// The value of an `Authorization` header (RFC 7617).
    var basicAuthorization: String {
        "Basic " + Data("\(username):\(password)".utf8).base64EncodedString()
    }
}
