import ArgumentParser
import Plumbing
import SystemPackage

/// Where a repository lies and how it is written.
struct PublisherOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The folder with the repository's objects; serve it over HTTP.", valueName: "dir"),
        completion: .directory
    )
    var storage: String

    @Option(help: ArgumentHelp("Where clients read it, for your information.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("How hard new objects are compressed.", valueName: "policy"))
    var compression = CompressionPolicy.balanced

    @OptionGroup
    var cutting: CuttingOptions

    /// The storage as it is seen from every folder.
    var storagePath: FilePath { Environment.absolute(storage) }
}

extension CompressionPolicy: ExpressibleByArgument {}
