import ArgumentParser
import CVMFS
import Plumbing

/// Says what differs between two trees of a repository.
struct RepositoryDiffCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between two trees, or two revisions of one.",
        usage: "wafer repository diff <fqrn> [<path> [<path2>]] [--revision <name>]",
        discussion: """
            With one path, what the published revision changed there since the one
            before it, or since --revision. With two, what has to change in the first
            to make it the second, both in one revision, and paths as seen from there.

            + was added, - removed, ~ changed: type, content, size, mode, owner, time,
            links (hard links), target (of a symbolic link), xattrs, device. The last
            line counts entries and the bytes of files: of changed files as they are
            after it, where their content changed.

            Catalogs alone are read. They name content by hashes, so that a file that
            was compressed or cut otherwise counts as changed. Markers of nested
            catalogs and hidden entries (/.cvmfs) are left out. The exit status is 0
            whether or not there are differences.

            EXAMPLES:
              wafer repository diff cd.cern.ch
              wafer repository diff cd.cern.ch /tool --revision before-cleanup
              wafer repository diff cd.cern.ch /tool/1.0 /tool/1.1 --format json
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: "A path in the repository.")
    var path = "/"

    @Argument(help: "Another one, to compare the first with.")
    var path2: String?

    @Option(help: ArgumentHelp("A tag, or the number of a revision.", valueName: "name"))
    var revision: String?

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let first = try RawArguments.path(path)
        let second = try path2.map(RawArguments.path)
        let repository = try await argument.openToRead(global)
        let (revision, format) = (revision, format)
        try await onDedicatedThread("compare in \(repository.fqrn)") {
            let names = try RevisionNames(repository)
            let named = try revision.map(names.revision)
            let new = second == nil ? names.published : named ?? names.published
            let old = second == nil ? try named ?? names.previous() : new
            let trees = (old: try repository.tree(of: old), new: try repository.tree(of: new))
            // The name of an image leads to another tree in each revision.
            let paths = try Self.followed((first, trees.old), (second ?? first, trees.new))
            if second != nil {
                try Self.require(paths.old, in: trees.old, of: old)
                try Self.require(paths.new, in: trees.new, of: new)
            }
            let comparison = TreeComparison(
                before: .init(paths.old, of: trees.old),
                after: .init(paths.new, of: trees.new)
            )
            var listing = DifferenceListing(
                format,
                of: repository.fqrn,
                before: .init(revision: old, path: first),
                after: .init(revision: new, path: second ?? first)
            )
            try comparison.run { try listing.add($0) }
            try listing.finish()
        }
    }

    /// Where two paths lead: links to directories are followed, unless one of them is something else.
    private static func followed(
        _ old: (path: BytePath, tree: CatalogTree),
        _ new: (path: BytePath, tree: CatalogTree)
    ) throws -> (old: BytePath, new: BytePath) {
        let sides = [old, new]
        let followed = try sides.map { try $0.tree.directory($0.path) }
        let areDirectories = try zip(sides, followed).allSatisfy { side, path in
            try side.tree.entry(at: path)?.isDirectory ?? true
        }
        if areDirectories { return (followed[0], followed[1]) }
        return (try old.tree.following(old.path, last: false), try new.tree.following(new.path, last: false))
    }

    /// Throws where a path that was typed leads nowhere.
    private static func require(_ path: BytePath, in tree: CatalogTree, of revision: NamedRevision) throws {
        guard try tree.entry(at: path) != nil else {
            throw CVMFSError(
                .notFound,
                "\(path.absolute) does not exist in revision \(revision.number): `wafer repository ls` lists what is in the "
                    + "published one, and --revision names another"
            )
        }
    }
}
