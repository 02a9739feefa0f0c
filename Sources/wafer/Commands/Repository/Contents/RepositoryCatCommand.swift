import ArgumentParser
import CVMFS
import Plumbing

/// Writes the content of a file of a repository.
struct RepositoryCatCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Write a file of the published revision to the standard output.",
        usage: "wafer repository cat <fqrn> <path>",
        discussion: """
            Every object is compared with its hash on the way. Symbolic links inside the
            repository are followed.

            EXAMPLES:
              wafer repository ls cd.cern.ch /.metadata -R | grep /redis:4/
              image=/.metadata/.images/c/a/registry.hub.docker.com/library/redis:4
              wafer repository cat cd.cern.ch $image/manifest.json
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: "A path in the repository.")
    var path: String

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let path = try RawArguments.path(path)
        let repository = try await argument.openToRead(global)
        try await onDedicatedThread("read \(repository.fqrn)") {
            let tree = try repository.tree()
            try repository.store.readContent(try tree.content(of: tree.following(path))) { piece in
                try StandardOutput.write(piece)
            }
        }
    }
}
