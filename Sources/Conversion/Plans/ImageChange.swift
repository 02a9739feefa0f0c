import CVMFS
import OCI
import Plumbing
import Registry
import State

/// What of an image's former places a conversion takes away, and what it writes down of the new ones: the difference of two
/// ``ImageRecord``s.
struct ImageChange: Sendable {
    /// What of the former places stays, whatever is wanted now.
    struct Kept: Sendable {
        let names: Bool
        let podman: Bool
        let folders: Bool
        /// Names that people chose.
        let chosen: Bool

        /// Whoever wants an image once takes nothing from others.
        static let all = Kept(names: true, podman: true, folders: true, chosen: true)
        /// Nobody wants anything of it.
        static let nothing = Kept(names: false, podman: false, folders: false, chosen: false)

        private init(names: Bool, podman: Bool, folders: Bool, chosen: Bool) {
            (self.names, self.podman, self.folders, self.chosen) = (names, podman, folders, chosen)
        }

        /// What others want of the same input.
        init(_ others: Set<OutputFormat>) {
            self.init(
                names: others.contains(.flat),
                podman: others.contains(.podman),
                folders: !others.isEmpty,
                chosen: true
            )
        }
    }

    private let source: ImageSource
    private let former: ImageRecord
    private let result: ImageRecord

    init(of source: ImageSource, from former: ImageRecord, to wanted: ImageRecord, keeping kept: Kept) {
        self.source = source
        self.former = former
        var result = wanted
        let names = Set(wanted.images.flatMap(\.names))
        let folders = Set(wanted.images.compactMap(\.folder))
        for old in former.images {
            var rest = old
            rest.names = kept.names ? old.names.filter { !names.contains($0) } : []
            rest.isForPodman = kept.podman && old.isForPodman
            rest.folder = kept.folders ? old.folder.flatMap { folders.contains($0) ? nil : $0 } : nil
            result.add(rest)
        }
        let chosen = former.chosen.filter { kept.chosen && !Self.isOfFormerPlatform($0.key, wanted.chosen) }
        result.chosen = chosen.merging(wanted.chosen) { $1 }
        result.images.sort()
        self.result = result
    }

    /// Whether a chosen name was one of a platform, and the name it belongs to was chosen again for others.
    private static func isOfFormerPlatform(_ name: String, _ chosen: [String: String]) -> Bool {
        chosen[name] == nil && name.hasPrefix(".multiarch/") && chosen.keys.contains { name.hasSuffix("/" + $0) }
    }

    /// Whether something goes.
    var takesAway: Bool {
        if former == result { return false }
        return !goneNames.isEmpty || !goneFromPodman.isEmpty || !goneFolders.isEmpty || !shrunkUses.isEmpty
    }

    /// Whether anything is otherwise than it was written down in a repository that has `contents`.
    func isNeeded(_ contents: [BytePath: [UInt8]]) throws -> Bool {
        if former == result { return false }
        return try takesAway || result.encoded() != contents[RepositoryLayout.imageRecord(source)]
    }

    // MARK: - What goes

    /// Names, each with the image it led to.
    private var goneNames: [(name: String, image: ImageRecord.Image)] {
        let left = Set(result.images.flatMap(\.names) + result.chosen.keys)
        let chosen = former.chosen.map { name, config in
            ImageRecord.Image(platform: "", config: config, folder: nil, names: [name], isForPodman: false)
        }
        return (former.images + chosen).flatMap { image in image.names.filter { !left.contains($0) }.map { ($0, image) }
        }
    }

    private var goneFromPodman: [String] {
        let left = Set(result.images.filter(\.isForPodman).map(\.config))
        return Set(former.images.filter(\.isForPodman).map(\.config)).subtracting(left).sorted()
    }

    private var goneFolders: [String] {
        Set(former.images.compactMap(\.folder)).subtracting(result.images.compactMap(\.folder)).sorted()
    }

    /// Uses that trees lose, by the configurations of their images.
    private var shrunkUses: [String: Set<OutputFormat>] {
        let left = result.uses
        var shrunk: [String: Set<OutputFormat>] = [:]
        for (config, uses) in former.uses {
            let lost = uses.subtracting(left[config] ?? [])
            if !lost.isEmpty { shrunk[config] = lost }
        }
        return shrunk
    }

    /// Whether an image gave way to another one of its platform: programs may still run from its tree.
    private func isReplaced(_ config: String) -> Bool {
        let platforms = Set(former.images.filter { $0.config == config }.map(\.platform))
        let used = result.uses
        return result.images.contains { platforms.contains($0.platform) && used[$0.config] != nil }
    }

    // MARK: - Edits

    /// What of a repository ``removals(_:)`` and ``podman(_:)`` want to know.
    var paths: [BytePath] {
        let names = goneNames.flatMap { [$0.name] + $0.image.names }.compactMap { try? BytePath($0) }
        let podman = goneFromPodman.isEmpty ? [] : PodmanName.names(of: source).compactMap { try? PodmanStore.name($0) }
        let trees = shrunkUses.keys.compactMap { try? Digest(parsing: $0) }.map(RepositoryLayout.treeRecord)
        return names + podman + trees
    }

    /// What goes before the outputs are made: a new name may be where an old one was. `contents` has ``paths``.
    func removals(_ contents: [BytePath: [UInt8]]) throws -> [TreeEdit] {
        var edits: [TreeEdit] = []
        for (name, image) in goneNames {
            let path = try BytePath(name)
            guard try leads(path, to: image, contents) else { continue }
            edits.append(TreeEdit(path, .name(target: nil)))
        }
        for folder in try goneFolders.map({ try BytePath($0) }) {
            edits += RepositoryLayout.ImageFile.allCases.map {
                TreeEdit($0.path(in: folder), .remove, isDecisive: $0 == .manifest)
            }
        }
        return edits
    }

    /// What leaves podman's store: images that no other name needs there, and else this one's name. `gone` are images that
    /// leave with this one.
    func podman(_ contents: [BytePath: [UInt8]], with gone: Set<String> = []) throws -> PodmanStoreChange {
        var change = PodmanStoreChange()
        let users = gone.union([RepositoryLayout.imageName(source)])
        for digest in try goneFromPodman.map(Digest.init(parsing:)) {
            let id = Array(digest.hex.utf8)
            change.removedNames += try PodmanName.names(of: source).filter { try contents[PodmanStore.name($0)] == id }
            let record = contents[RepositoryLayout.treeRecord(digest)].flatMap(TreeRecord.decode)
            if record?.isUsed(for: .podman, byOthersThan: users) != true { change.removed.append(digest.hex) }
        }
        return change
    }

    /// What follows when they are made: the trees that nobody uses any more, and the record.
    func conclusion() throws -> [TreeEdit] {
        var edits: [TreeEdit] = []
        let user = RepositoryLayout.imageName(source)
        for (config, lost) in shrunkUses.sorted(by: { $0.key < $1.key }) {
            let digest = try Digest(parsing: config)
            let (tree, record) = (RepositoryLayout.tree(digest), RepositoryLayout.treeRecord(digest))
            let keepsUnused = isReplaced(config)
            let purpose = "the tree of \(user): it is no longer used for \(OutputFormats(lost))"
            let release = FileAmendment(purpose) { bytes in
                try bytes.flatMap { try TreeRecord.releasing(lost, by: user, from: $0, keepsUnused: keepsUnused) }
            }
            edits.append(TreeEdit(record, .amend(release)))
            if keepsUnused { continue }
            edits += [tree, RepositoryLayout.podmanRefusal(digest)].map { TreeEdit($0, .removeUnless(record)) }
        }
        let record = try RepositoryLayout.imageRecord(source)
        edits.append(TreeEdit(record, try result.encoded().map(TreeEdit.Change.file) ?? .remove))
        return edits
    }

    /// Whether what is at a name is what this image had there.
    private func leads(_ path: BytePath, to image: ImageRecord.Image, _ contents: [BytePath: [UInt8]]) throws -> Bool {
        guard let target = contents[path], ImageName.isOne(target: target) else { return false }
        let tree = RepositoryLayout.tree(try Digest(parsing: image.config)).bytes
        if target.hasSuffix(tree) { return true }
        // It leads to names by platform: where they are another image's now, so is this one.
        let direct = try image.names.compactMap { contents[try BytePath($0)] }.filter { ImageName.isOfTree(target: $0) }
        return direct.allSatisfy { $0.hasSuffix(tree) }
    }
}
