import ArgumentParser
import CVMFS
import Foundation
import Plumbing

/// Lists the tags of a repository.
struct RepositoryTagListCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tags, oldest revision first.",
        usage: "wafer repository tag list <fqrn> [-z] [--format <form>]",
        discussion: """
            EXAMPLE:
              wafer repository tag list cd.cern.ch
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let repository = try await argument.openToRead(global)
        let tags = try await onDedicatedThread("list tags of \(repository.fqrn)") { try repository.tags() }
        var listing = Listing(columns: [
            .init("name", "Name"), .init("revision", "Revision"), .init("root_hash", "Root Hash"),
            .init("timestamp", "Timestamp"), .init("description", "Description"),
        ])
        listing.rows = tags.map { tag in
            [
                .text(tag.name), .number(Int64(clamping: tag.revision)), .text(tag.root.hash.description),
                .time(Date(timeIntervalSince1970: TimeInterval(tag.timestamp))), .text(tag.description),
            ]
        }
        try list.print(listing)
    }
}
