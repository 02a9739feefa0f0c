import Plumbing

/// A program that keeps credentials, `docker-credential-NAME`, and where its name stands.
struct CredentialHelper: Hashable, Sendable {
    /// The user by which helpers and files tell that the secret is a refresh token.
    static let tokenUser = "<token>"

    let name: String
    /// As "credsStore in /home/ann/.docker/config.json".
    let place: String

    /// The program's name. Throws ``CredentialsError`` for what is no name of a program.
    func program() throws -> String {
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "._-".utf8.contains(byte)
                }
            }
        guard isName else {
            throw CredentialsError("\(place) must be the name of a helper, as \"pass\" for docker-credential-pass")
        }
        return "docker-credential-\(name)"
    }
}
