import CVMFS
import Foundation
import OCI
import Plumbing
import StockServer
import Synchronization
import SystemPackage

/// Small files, links and directories: what a session publishes beside layers and trees.
extension ServerSession {
    /// Everything else in one transaction. Returns whether there was anything.
    func publish(_ edits: [TreeEdit]) async throws -> Bool {
        let isIngested = transactions ?? 0 > 0
        let wanted = try await settled(edits.map(amended))
        var changes = try await read { reader in
            let there = try reader.entries(wanted.map(\.path))
            let contents = try reader.contents(wanted.filter { there[$0.path]?.kind.type == .regular }.map(\.path))
            return wanted.filter { $0.changes(there[$0.path], contents[$0.path]) }
        }
        guard changes.contains(where: { $0.isDecisive || isIngested && $0.change != .remove }) else {
            return isIngested
        }
        let fqrn = fqrn
        try await read { try PodmanStore.check(wanted, in: PodmanStoreReader($0, with: wanted), of: fqrn) }
        let removed = changes.filter { $0.change == .remove }.map(\.path).sorted()
        let unused = changes.filter(\.isConditional).map(\.path)
        changes.removeAll { $0.change.isRemoval }
        let emptied = try await read { [changes] in try Self.emptied(by: removed, besides: changes, in: $0) }
        changes += try await markers(above: changes)
        _ = try await absentDirectories(above: changes.map(\.path), besides: removed)
        let name = changes.last { $0.isDecisive }?.path.parent.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
        try await edit(changes, removing: removed + emptied, message: "wafer:\(name)")
        if !unused.isEmpty {
            try await server.remove(unused, purpose: "removing trees that nobody uses any more") { count() }
        }
        return true
    }

    /// What amendments and names come to, of what is there: nobody else writes meanwhile.
    private func settled(_ edits: [TreeEdit]) async throws -> [TreeEdit] {
        let fqrn = fqrn
        return try await read { reader in
            let edits = try PodmanStoreLoss(PodmanStoreReader(reader)).mended(edits)
            let there = try reader.entries(edits.map(\.path))
            var settled: [TreeEdit] = []
            // What the amendments so far came to, by the places of these in the list.
            var amended: [BytePath: (place: Int, bytes: [UInt8]?)] = [:]
            for edit in edits {
                switch edit.change {
                case .amend(let amendment):
                    let former = try amended[edit.path].map(\.bytes) ?? reader.contents([edit.path])[edit.path]
                    let bytes = try amendment.bytes(former)
                    let place = amended[edit.path]?.place ?? settled.count
                    amended[edit.path] = (place, bytes)
                    let new = edit.with(bytes.map(TreeEdit.Change.file) ?? .remove)
                    if place < settled.count { settled[place] = new } else { settled.append(new) }
                case .name(let target):
                    let found = there[edit.path].map { node in
                        if case .symlink(let target) = node.kind { target } else { [UInt8]() }
                    }
                    try ImageName.check(edit.path, there: found, in: fqrn)
                    settled.append(edit.with(target.map(TreeEdit.Change.symlink) ?? .remove))
                case .removeUnless(let user):
                    let isUsed = try amended[user].map { $0.bytes != nil } ?? reader.exists(user)
                    if !isUsed { settled.append(edit) }
                case .attach, .file, .symlink, .directory, .remove: settled.append(edit)
                }
            }
            return settled
        }
    }

    /// The directories that removals leave without anything but markers.
    private static func emptied(
        by removed: [BytePath],
        besides changes: [TreeEdit],
        in reader: any RevisionReader
    ) throws -> [BytePath] {
        var gone = Set(removed)
        let kept = Set(changes.flatMap(\.path.ancestors))
        for path in removed {
            var path = path
            while let parent = path.parent, !RepositoryLayout.staysEmpty(parent), !kept.contains(parent) {
                let others = try reader.names(in: parent)
                    .filter { $0 != CatalogEntry.markerName && !gone.contains(parent.appending($0)) }
                guard others.isEmpty, gone.insert(parent).inserted else { break }
                path = parent
            }
        }
        return gone.subtracting(removed).sorted()
    }

    /// Writes small files, links and directories in a transaction, and removes others.
    func edit(
        _ files: [TreeEdit],
        removing removed: [BytePath] = [],
        message: String
    ) async throws {
        let archive = folder.appending("files.tar")
        let (repository, now) = (repository, server.context.now)
        try await onDedicatedThread("archive of \(Counted.text(files.count, "file"))") {
            try LayerArchive.write(files, owner: try repository.ownerIDs(), now: now, to: archive)
        }
        try await server.edit(purpose: "writing \(Counted.text(files.count, "file"))", message: message) {
            // First: a new name may be below a former one.
            try await server.unlink(removed)
            try await server.unpack(archive)
        }
        count()
        try await discard(archive)
    }

    /// Makes room again. What stays goes with the session's folder.
    func discard(_ archive: FilePath) async throws {
        try await BlockingExecutor.shared.run { try? FileManager.default.removeItem(atPath: archive.string) }
    }

    /// A layer's record with what turned out to be lost only when it was in the repository.
    private func amended(_ edit: TreeEdit) throws -> TreeEdit {
        let found = state.withLock { state in
            state.losses.first { root, _ in root.parent.map(RepositoryLayout.record(of:)) == edit.path }?.value
        }
        guard let found, case .file(let bytes) = edit.change else { return edit }
        let notes = Dictionary(uniqueKeysWithValues: found.map { ($0.rawValue, $1) })
        let record = try LayerRecord.decode(bytes).adding(notes).encoded()
        return TreeEdit(edit.path, .file(record), attributes: edit.attributes, isDecisive: edit.isDecisive)
    }

    /// Markers of the nested catalogs that shall be above these paths.
    private func markers(above edits: [TreeEdit]) async throws -> [TreeEdit] {
        var paths: Set<BytePath> = []
        for edit in edits {
            for directory in RepositoryLayout.nestedDirectories(above: edit) {
                paths.insert(directory.appending(CatalogEntry.markerName))
            }
        }
        let wanted = Array(paths)
        let there = try await read { try $0.contents(wanted) }
        return wanted.filter { there[$0] == nil }.map { TreeEdit($0, .file([]), isDecisive: false) }
    }
}

extension TreeEdit {
    /// The same place with another change.
    fileprivate func with(_ change: Change) -> TreeEdit {
        TreeEdit(path, change, attributes: attributes, isDecisive: isDecisive)
    }

    /// Whether it is no subtree.
    var isSmall: Bool { if case .attach = change { false } else { true } }

    /// Whether it is a removal that waits for another one.
    fileprivate var isConditional: Bool { if case .removeUnless = change { true } else { false } }

    /// Whether it would change anything where there is `entry`, of this content if it is a file.
    fileprivate func changes(_ entry: FileNode?, _ content: [UInt8]?) -> Bool {
        switch change {
        case .attach: true
        case .remove, .removeUnless: entry != nil
        case .directory: entry?.kind != .directory
        case .symlink(let target): entry?.kind != .symlink(target: target)
        case .file(let bytes): content != bytes || entry?.agrees(with: attributes) != true
        // They have become one of the others.
        case .amend, .name: true
        }
    }
}
