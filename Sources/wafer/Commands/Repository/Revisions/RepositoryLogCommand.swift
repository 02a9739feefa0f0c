import ArgumentParser
import CVMFS
import Foundation
import Logging
import Plumbing

/// Shows the revisions of a repository.
struct RepositoryLogCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "List the published revision and those before it.",
        usage: "wafer repository log <fqrn> [--limit <number>] [-z] [--format <form>]",
        discussion: """
            Newest first, as far back as the repository keeps them. With --tag-databases
            the tag databases instead, each with the names in it.

            EXAMPLE:
              wafer repository log cd.cern.ch --limit 5
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Option(help: ArgumentHelp("How many to list.", valueName: "number"))
    var limit = 20

    @Flag(help: "The tag databases instead of the revisions.")
    var tagDatabases = false

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit \(limit): it must be 1 or more") }
    }

    func run() async throws {
        let repository = try await argument.openToRead(global)
        try await (tagDatabases ? listTagDatabases(repository) : listRevisions(repository))
    }

    private func listRevisions(_ repository: RepositoryReader) async throws {
        let limit = limit
        let (chain, tags) = try await onDedicatedThread("list revisions of \(repository.fqrn)") {
            (try repository.revisions(limit: limit), try repository.tags())
        }
        let names = Dictionary(grouping: tags) { $0.root.hash }.mapValues { $0.map(\.name).joined(separator: " ") }
        var listing = Listing(columns: [
            .init("revision", "Revision"), .init("published", "Published"), .init("root_hash", "Root Hash"),
            .init("tags", "Tags"),
        ])
        listing.rows = chain.links.map { link in
            [
                .number(Int64(clamping: link.revision)), .time(link.modified), .text(link.root.description),
                .optional(names[link.root]),
            ]
        }
        try list.print(listing)
        note(chain.end)
    }

    private func listTagDatabases(_ repository: RepositoryReader) async throws {
        let limit = limit
        let chain = try await onDedicatedThread("list tag databases of \(repository.fqrn)") {
            try repository.tagDatabases(limit: limit)
        }
        var listing = Listing(columns: [.init("hash", "Hash"), .init("tags", "Tags")])
        listing.rows = chain.links.map { [.text($0.hash.description), .text($0.names.joined(separator: " "))] }
        try list.print(listing)
        note(chain.end)
    }

    private func note<Link>(_ end: RevisionChain<Link>.End) {
        if case .collected(let hash) = end {
            global.logger.info("\(hash), which came before, is not there any more: it was collected")
        }
    }
}
