package import CVMFS
import Foundation
import Logging
package import Plumbing
import StockServer
import Synchronization

/// What else people do to a repository, through `cvmfs_server` as well.
extension ServerPublisher {
    package func inventory() async throws -> RepositoryInventory {
        let isAdopted = adoption != nil
        return try await read { [fqrn] in try RepositoryInventory.read($0, of: fqrn, isAdopted: isAdopted) }
    }

    package func referrers(to paths: [BytePath]) async throws -> RemovalReferrers {
        try await read { try RemovalReferrers.to(paths, in: $0) }
    }

    /// Removes paths with what is below them, in one transaction. Returns the revision that lacks them.
    ///
    /// Throws, having removed nothing, where one of them does not exist, belongs to the format, or has a name that
    /// `cvmfs_server` cannot be given.
    package func remove(_ paths: [BytePath]) async throws -> UInt64 {
        try checkRemovable(paths)
        return try await withWriterLock {
            try await read { try Self.checkThere(paths, $0) }
            try await checkRemovableThroughGateway(paths)
            try await transactions.remove(paths, purpose: "removing \(paths.count) paths")
            return try await read { reader in
                if let path = try paths.first(where: reader.exists) {
                    throw ConversionError("cvmfs_server says that it removed \(path), and it is there")
                }
                return try reader.revision()
            }
        }
    }

    private func checkRemovable(_ paths: [BytePath]) throws {
        for path in paths {
            guard let first = path.components.first else {
                throw ConversionError("the repository's root cannot be removed")
            }
            guard first != CatalogTree.reservedName, path.name != CatalogEntry.markerName else {
                throw ConversionError("\(path.absolute) cannot be removed: it belongs to the format")
            }
            if let above = paths.first(where: { $0 != path && path.starts(with: $0) }) {
                throw ConversionError("\(path.absolute) goes with \(above.absolute) already: name one of them")
            }
        }
        guard Set(paths).count == paths.count else { throw ConversionError("a path is named twice") }
        guard paths.count < 2 || !repository.isBehindGateway else {
            throw ConversionError(
                "cvmfs_server removes one path at a time through a gateway: run the command for each of them"
            )
        }
    }

    private static func checkThere(_ paths: [BytePath], _ reader: any RevisionReader) throws {
        for path in paths where try !reader.exists(path) {
            throw CVMFSError(.notFound, "\(path.absolute) does not exist in the repository")
        }
    }

    // MARK: - Tags

    /// Throws also for a description that a shell would read as its own.
    package func addTag(_ name: String, description: String, revisionOf source: String?) async throws -> UInt64 {
        try refuseThroughGateway("tag -a \(Printable.text(name))")
        try Self.checkName(name)
        if let character = description.unicodeScalars.first(where: Self.isForShell) {
            throw ConversionError(
                "a description with \(Printable.text(String(character))) cannot be given to cvmfs_server: leave out "
                    + "\", $, ` and \\"
            )
        }
        return try await withWriterLock {
            let tags = try await tags()
            guard tags[name] == nil else {
                throw CVMFSError(.refused, "the tag \(Printable.text(name)) exists already: remove it first")
            }
            var words = ["tag", "-a", name]
            if !description.isEmpty { words += ["-m", description] }
            if let source {
                guard let tag = tags[source] else { throw missing(source) }
                words += ["-h", tag.root]
            }
            try await transactions.run(words, purpose: "adding the tag \(name)")
            guard let tag = try await self.tags()[name] else {
                throw ConversionError("cvmfs_server says that it added the tag \(name), and it is not there")
            }
            return tag.revision
        }
    }

    /// Removes tags. Throws, having removed none, where one of them does not exist.
    package func removeTags(_ names: [String]) async throws {
        try refuseThroughGateway("tag -r \(Printable.text(names.first ?? "NAME"))")
        for name in names { try Self.checkName(name) }
        try await withWriterLock {
            let tags = try await tags()
            for name in names where tags[name] == nil { throw missing(name) }
            try await transactions.run(
                ["tag", "-f"] + names.flatMap { ["-r", $0] },
                purpose: "removing \(Counted.text(names.count, "tag"))"
            )
            let left = try await self.tags()
            if let name = names.first(where: { left[$0] != nil }) {
                throw ConversionError("cvmfs_server says that it removed the tag \(name), and it is there")
            }
        }
    }

    private func missing(_ name: String) -> CVMFSError {
        CVMFSError(.notFound, "there is no tag \(Printable.text(name)) in \(fqrn)")
    }

    private func tags() async throws -> [String: ServerTag] {
        let tags = Mutex<[String: ServerTag]>([:])
        let output = try await transactions.command.run(
            ["tag", "-l", "-x", fqrn],
            timeout: transactions.timeouts.opening,
            level: .debug,
            listener: ServerCommand.Listener(said: { line in
                if let tag = ServerTag(line: line) { tags.withLock { $0[tag.name] = tag } }
            })
        )
        guard output.isSuccess else { throw ServerFailure(repository).error(output) }
        return tags.withLock { $0 }
    }

    /// Names become words of a line for a shell.
    private static func checkName(_ name: String) throws {
        try History.refuseReserved(name)
        guard History.isName(name), !name.hasPrefix("-") else {
            throw CVMFSError(
                .unrepresentable,
                "\"\(Printable.text(name))\" cannot name a tag: letters, digits and - _ . / : are allowed, and - not at "
                    + "its beginning"
            )
        }
    }

    /// Whether a character ends or changes a word between double quotes.
    private static func isForShell(_ character: Unicode.Scalar) -> Bool {
        "\"$`\\".unicodeScalars.contains(character) || character.properties.generalCategory == .control
    }

    // MARK: - Going back

    /// Throws where no storage can be read: what would be lost cannot be told then.
    package func planRollback(to name: String) async throws -> RollbackPlan {
        guard let readable else { throw unplanned(name) }
        do {
            return try await onDedicatedThread("plan the way back") { try RollbackPlan(to: name, in: readable) }
        } catch let error as CVMFSError where error.code == .system {
            throw unplanned(name, because: error)
        }
    }

    /// Goes back to a tag. Throws where no storage can be read: what would be lost cannot be told then.
    package func rollback(to name: String) async throws -> Rollback {
        try refuseThroughGateway("rollback -t \(Printable.text(name))")
        guard let readable else { throw unplanned(name) }
        return try await withWriterLock {
            let plan = try await onDedicatedThread("plan") { try readable.planRollback(to: name) }
            // Without a name it goes to the revision before the last, which has that name.
            if name != History.trunkPrevious { try Self.checkName(name) }
            let words = name == History.trunkPrevious ? [] : ["-t", name]
            try await transactions.run(["rollback", "-f"] + words, purpose: "going back to \(name)")
            let revision = try await revision()
            guard revision == plan.current + 1 else {
                throw ConversionError(
                    "cvmfs_server says that it went back to \(name), and \(fqrn) has revision \(revision)"
                )
            }
            return plan
        }
    }

    /// Why no rollback can be planned, and what to type.
    private func unplanned(_ name: String, because cause: CVMFSError? = nil) -> ConversionError {
        ConversionError(
            "Wafer cannot read the storage of \(fqrn) here\(cause.map { " (\($0))" } ?? ""), and so cannot tell what going back would take away: "
                + "`cvmfs_server rollback -t \(Printable.text(name)) \(fqrn)` does it"
        )
    }

    // MARK: - Meta info

    /// Publishes other meta info. Returns whether it differs from what was there, as far as that can be seen.
    package func setMetainfo(_ bytes: [UInt8]) async throws -> Bool {
        try Metainfo.validate(bytes)
        try refuseThroughGateway("update-repoinfo -f FILE")
        return try await withWriterLock {
            if try await hasMetainfo(bytes) { return false }
            try await withFile(bytes) { file in
                // The owner reads it by the open descriptor, wherever it lies.
                try await transactions.run(
                    ["update-repoinfo", "-f", "/dev/stdin"],
                    from: file,
                    purpose: "editing the meta info"
                )
            }
            if storage != nil, try await !hasMetainfo(bytes) {
                throw ConversionError("cvmfs_server says that it published the meta info of \(fqrn), and it is another")
            }
            return true
        }
    }

    private func hasMetainfo(_ bytes: [UInt8]) async throws -> Bool {
        guard let storage else { return false }
        return try await onDedicatedThread("meta info of \(fqrn)") { try storage.metainfo() } == bytes
    }
}
