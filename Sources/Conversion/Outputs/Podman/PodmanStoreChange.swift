package import CVMFS
import Plumbing

/// What one revision changes in a ``PodmanStore``. One for each commit: both lists are amended once, of what is there when
/// nobody else writes.
package struct PodmanStoreChange: Sendable, Equatable {
    /// Images that are added, or brought up to date. Of two that claim a name the later has it.
    package var images: [PodmanImage]
    /// The ids of images that go.
    package var removed: [String]
    /// Names that no image has any more. One that is also an image's stays with it.
    package var removedNames: [String]
    /// What goes of what DUCC left there.
    var leftovers = PodmanLeftovers()

    /// A change.
    package init(images: [PodmanImage] = [], removed: [String] = [], removedNames: [String] = []) {
        self.images = images
        self.removed = removed
        self.removedNames = removedNames
    }

    /// Whether nothing changes.
    package var isEmpty: Bool { images.isEmpty && removed.isEmpty && removedNames.isEmpty && leftovers.isEmpty }

    /// The edits. Small files and links are written first, and the lists last. Throws where libcrypto fails.
    package func edits() throws -> [TreeEdit] {
        if isEmpty { return [] }
        let gone = Set(removed).subtracting(images.map(\.id)).sorted()
        var edits: [TreeEdit] = []
        if !images.isEmpty {
            edits += [PodmanStore.imagesLock, PodmanStore.layersLock].map { TreeEdit($0, .file([])) }
        }
        let claimed = Set(images.flatMap(\.names))
        // Other programs have names without a tag: what is there by one of them may be a directory.
        for name in Set(removedNames).subtracting(claimed).sorted() where PodmanName.isNormal(name) {
            edits.append(TreeEdit(try PodmanStore.name(name), .remove))
        }
        for image in images {
            edits += try image.files()
            for name in image.names {
                edits.append(TreeEdit(try PodmanStore.name(name), .symlink(Array(image.id.utf8))))
            }
        }
        for id in gone { edits += try Self.removals(of: id) }
        edits += leftovers.paths.map { TreeEdit($0, .remove) }
        edits.append(TreeEdit(PodmanStore.images, .amend(FileAmendment(purpose) { try imageList($0, without: gone) })))
        edits.append(TreeEdit(PodmanStore.layers, .amend(FileAmendment(purpose) { try layerList($0, without: gone) })))
        return edits
    }

    /// What an error calls it, and what tells two of them apart.
    private var purpose: String {
        let added = images.map { "\($0.id) (\(($0.names + ["\($0.manifestDigest)"]).joined(separator: ", ")))" }
        let parts = [
            ("adding", added), ("removing", removed), ("removing the names", removedNames),
            ("removing what is left of", leftovers.images + leftovers.layers),
        ]
        return "podman's list: "
            + parts.filter { !$1.isEmpty }.map { "\($0) \($1.joined(separator: ", "))" }.joined(separator: "; ")
    }

    private func imageList(_ former: [UInt8]?, without gone: [String]) throws -> [UInt8]? {
        // Where there is no store, nothing that goes makes one.
        if former == nil, images.isEmpty { return nil }
        var list = try PodmanList(former, at: PodmanStore.images)
        list.remove(Set(gone + leftovers.images))
        let (owners, removed) = (owners(in: list), Set(removedNames))
        let former = Set(list.entries.filter { !$0.names.isEmpty }.map(\.id))
        try list.keepNames { name, id in !removed.contains(name) && owners[name] ?? id == id }
        // What DUCC made leaves the list with its last name: what it refers to is elsewhere, and goes on its own.
        list.remove(
            Set(
                try list.entries.filter { entry in
                    try entry.names.isEmpty && former.contains(entry.id)
                        && entry.text("layer") != PodmanStore.layer(ofImage: entry.id)
                }.map(\.id)
            )
        )
        let ids = Set(images.map(\.id))
        var known: [String: [String]] = [:]
        // Other programs give names that podman does not ask for.
        for entry in list.entries where ids.contains(entry.id) {
            known[entry.id, default: []] += entry.names.filter(PodmanName.isNormal)
        }
        let entries = try images.map { image in
            let own = image.names.filter { owners[$0] == image.id }
            let names = Set(known[image.id, default: []]).union(own).sorted()
            known[image.id] = names
            return (image.id, try image.imageMembers(named: names))
        }
        try list.put(entries)
        return list.encoded()
    }

    /// Whose each name is that one of the images has, or claims.
    private func owners(in list: PodmanList) -> [String: String] {
        let ids = Set(images.map(\.id))
        var owners: [String: String] = [:]
        for entry in list.entries where ids.contains(entry.id) {
            for name in entry.names { owners[name] = entry.id }
        }
        for image in images {
            for name in image.names { owners[name] = image.id }
        }
        return owners
    }

    private func layerList(_ former: [UInt8]?, without gone: [String]) throws -> [UInt8]? {
        if former == nil, images.isEmpty { return nil }
        var list = try PodmanList(former, at: PodmanStore.layers)
        list.remove(Set(try gone.map(PodmanStore.layer(ofImage:)) + leftovers.layers))
        try list.put(try images.map { (try $0.layer, try $0.layerMembers()) })
        return list.encoded()
    }

    private static func removals(of id: String) throws -> [TreeEdit] {
        let layer = try PodmanStore.layer(ofImage: id)
        let shortName = PodmanStore.shortName(PodmanStore.shortName(ofLayer: layer))
        let gone = [PodmanStore.folder(image: id), shortName, PodmanStore.folder(layer: layer)]
        return gone.map { TreeEdit($0, .remove) }
    }
}
