import ArgumentParser

/// The commands for credentials that are not the database's alone.
struct CredentialsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credentials",
        abstract: "See which credentials are used for a registry.",
        usage: "wafer credentials <command> [<options>]",
        discussion: """
            WHERE CREDENTIALS COME FROM, in this order:
              1. the user of the database that an image names (--user-input,
                 --user-output, --username), see wafer add-user; for a mirror of
                 hosts.yaml the database's user of the mirror's own host
              2. variables: WAFER_REGISTRY_<NAME>_HOST with _USER and _PASSWORD or
                 _PASSWORD_FILE, or with _TOKEN; <NAME> is any word
              3. DUCC's variables: DUCC_AUTH_REGISTRIES=<A>,<B> with DUCC_<A>_IDENT,
                 DUCC_<A>_USER and DUCC_<A>_PASS; _IDENT has to be a host
              4. docker's config.json in $DOCKER_CONFIG or ~/.docker: credHelpers,
                 credsStore, auths
              5. podman's auth.json: $REGISTRY_AUTH_FILE, or containers/auth.json in
                 $XDG_RUNTIME_DIR and in ~/.config
              6. nobody

            The host must be the registry's, to the letter; a path behind it limits it
            to repositories below. http:// before it allows sending them without TLS.

            EXAMPLE:
              wafer credentials test docker.foo.bar.com
            """,
        subcommands: [CredentialsTestCommand.self]
    )
}
