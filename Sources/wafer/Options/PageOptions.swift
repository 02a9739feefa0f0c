import ArgumentParser
import State

/// Which part of a list to print.
struct PageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Print so many at most.", valueName: "number"))
    var limit: Int?

    @Option(help: ArgumentHelp("Leave out so many of the first.", valueName: "number"))
    var offset = 0

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit \(limit): it must be at least 1") }
        guard offset >= 0 else { throw ValidationError("--offset \(offset): it must not be negative") }
    }

    /// The same for a query.
    var page: ListPage { ListPage(offset: offset, limit: limit) }
}
