import ArgumentParser

/// Who logs in to the registry.
struct UserOption: ParsableArguments {
    @Option(
        name: [.customShort("u"), .customLong("username")],
        help: ArgumentHelp("Log in as this user, added with add-user.", valueName: "name")
    )
    var username: String?
}
