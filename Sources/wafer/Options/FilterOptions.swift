import ArgumentParser
import State

/// Which desideratas to list.
struct FilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Only images of this registry.", valueName: "host"),
        transform: { typed in
            do {
                return try TypedRegistry(typed).canonical
            } catch {
                throw ValidationError("--registry \(typed): \(error)")
            }
        }
    )
    var registry: String?

    @Option(name: [.customShort("r"), .long], help: ArgumentHelp("Only those of this repository.", valueName: "fqrn"))
    var repository: String?

    @OptionGroup
    var pages: PageOptions

    /// The same for a query.
    var filter: DesiderataFilter { DesiderataFilter(registry: registry, repository: repository) }

    /// Whether something is left out.
    var isSet: Bool { filter != DesiderataFilter() || pages.page != .all }
}
