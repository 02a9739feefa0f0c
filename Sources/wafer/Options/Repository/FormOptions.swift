import ArgumentParser
import CVMFS

/// In which forms a repository is written.
struct FormOptions: ParsableArguments {
    @Option(help: ArgumentHelp(Self.hardLinksHelp, valueName: "keep|split"))
    var hardLinks: HardLinkForm?

    @Option(
        help: ArgumentHelp(
            "Whether clients show the file .cvmfscatalog in the root of each layer and catalog.",
            valueName: "visible|hidden"
        )
    )
    var markers: MarkerForm?

    static let hardLinksHelp: ArgumentHelp.StringLiteralType =
        "Whether names of one file within a directory stay hard links, or become files of their own."
}

extension HardLinkForm: ExpressibleByArgument {}
extension MarkerForm: ExpressibleByArgument {}
