/// What must not be shown although a server may send it back, as an error page that prints the request does.
package struct Secrets: Sendable {
    private let texts: [String]

    /// Nothing to hide.
    package static let none = Secrets(texts: [])

    private init(texts: [String]) {
        self.texts = texts
    }

    /// The credential in an `Authorization` header, and the password.
    init(_ credentials: RegistryCredentials?, authorization: String?) {
        let token = authorization.flatMap { $0.split(separator: " ").last }.map(String.init)
        // Short words stand in every text; hiding them would tell what they are.
        texts = [token, credentials?.password].compactMap(\.self).filter { $0.utf8.count >= 4 }
    }

    /// The text with every secret in it replaced.
    func hidden(in text: String) -> String {
        texts.reduce(text) { $0.replacing($1, with: "[secret]") }
    }
}
