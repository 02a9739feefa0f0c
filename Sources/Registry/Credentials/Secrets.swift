/// What must not be shown although a server may send it back, as an error page that prints the request does.
package struct Secrets: Sendable {
    private let texts: [String]

    /// Nothing to hide.
    package static let none = Secrets(texts: [])

    private init(texts: [String]) {
        self.texts = texts
    }

    /// The secret of a user, in clear and as Basic authentication and forms write it, and what an `Authorization` header holds.
    init(_ credentials: RegistryCredentials?, authorization: String? = nil) {
        let sent = [authorization, credentials?.basicForm].map { value in
            value.flatMap { $0.split(separator: " ").last }.map(String.init)
        }
        let clear = credentials?.secret
        // Short words stand in every text; hiding them would tell what they are.
        texts = (sent + [clear, clear.map(RequestURL.percentEncoded)]).compactMap(\.self)
            .filter { $0.utf8.count >= 4 }
    }

    /// The text with every secret in it replaced.
    func hidden(in text: String) -> String {
        texts.reduce(text) { $0.replacing($1, with: "[secret]") }
    }
}
