import ArgumentParser
import CVMFS
import Plumbing

/// Lists a directory of a repository.
struct RepositoryLsCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List a directory of the published revision.",
        usage: "wafer repository ls <fqrn> [<path>] [-l] [-R] [-z] [--format <form>]",
        discussion: """
            Bytes of a name that are not printable are shown as \\xNN. Times are in UTC.
            A link to a directory is listed as the directory, unless -l shows the link
            itself; PATH/ with a slash is the directory in any case, as with ls.
            -R shows paths from the repository's root; -z and JSON have all fields of an
            entry. Hidden entries (/.cvmfs) are listed only where the path leads there.

            EXAMPLES:
              wafer repository ls cd.cern.ch /.layers -R -l
              wafer repository ls cd.cern.ch / -R -z
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: "A path in the repository.")
    var path = "/"

    @Flag(name: .customShort("l"), help: "Mode, links, owner, size, time and target, as ls -l does.")
    var long = false

    @Flag(name: .customShort("R"), help: "Everything below the directory, too.")
    var recursive = false

    @OptionGroup
    var list: ListOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        // What is not UTF-8 ends so, too.
        let isDirectory = path.hasSuffix("/") || path.hasSuffix("/.")
        let path = try RawArguments.path(path)
        let repository = try await argument.openToRead(global)
        let (form, long, recursive) = (list.form, long, recursive)
        try await onDedicatedThread("list \(repository.fqrn)") {
            var listing = EntryListing(form, isLong: long)
            let tree = try repository.tree()
            // As ls does: of a link itself only -l tells, and not where a slash says that it is a directory.
            let shown = long && !isDirectory ? try tree.following(path, last: false) : try tree.directory(path)
            if isDirectory, let entry = try tree.entry(at: shown), !entry.isDirectory {
                throw CVMFSError(.refused, "\(path.absolute) is not a directory: name it without the slash at its end")
            }
            try Self.list(shown, as: path, of: tree, recursive: recursive, to: &listing)
            try listing.finish()
        }
    }

    private static func list(
        _ path: BytePath,
        as name: BytePath,
        of tree: CatalogTree,
        recursive: Bool,
        to listing: inout EntryListing
    ) throws {
        guard let entry = try tree.entry(at: path) else {
            throw CVMFSError(.notFound, "\(name.absolute) does not exist in the repository")
        }
        guard entry.isDirectory else { return try listing.add(entry, as: name.description) }
        guard recursive else {
            for child in try tree.entries(of: path) where !child.flags.contains(.hidden) {
                try listing.add(child, as: Printable.text(child.name, limit: .max))
            }
            return
        }
        var hidden: BytePath?
        try tree.walk(path) { child, entry in
            if entry.flags.contains(.hidden), child != path { hidden = child }
            if let hidden, child.starts(with: hidden) { return }
            if child != path, let rest = child.relative(to: path) {
                try listing.add(entry, as: name.appending(rest).description)
            }
        }
    }
}
