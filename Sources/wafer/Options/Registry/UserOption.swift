import ArgumentParser
import Conversion
import OCI
import Registry
import State

/// Who logs in to the registry.
struct UserOption: ParsableArguments {
    @Option(
        name: [.customShort("u"), .customLong("username")],
        help: ArgumentHelp("Log in as this user, added with add-user.", valueName: "name")
    )
    var username: String?

    /// The user's credentials for an image; nil where nobody logs in. Opens the database only for a user.
    func credentials(for image: ImageSource, _ global: GlobalOptions) async throws -> RegistryCredentials? {
        guard let username else { return nil }
        let database = try await global.openDatabase()
        let credentials = try await database.credentials(for: StoredReference(image, user: username))
        try await database.close()
        return credentials
    }
}
