package import CVMFS
import Plumbing

extension PodmanImage {
    /// The edits that add this image, or bring it up to date, where they are all that a commit does to the store.
    package func edits() throws -> [TreeEdit] { try PodmanStoreChange(images: [self]).edits() }

    /// The files and links of this image alone.
    func files() throws -> [TreeEdit] {
        let layer = try layer
        let link = PodmanStore.shortName(ofLayer: layer)
        let ups = String(repeating: "../", count: PodmanStore.folder(layer: layer).depth)
        return [
            TreeEdit(PodmanStore.data(PodmanStore.manifestName, of: id), .file(manifest)),
            TreeEdit(PodmanStore.data(configurationName, of: id), .file(configuration)),
            TreeEdit(PodmanStore.link(ofLayer: layer), .file(Array(link.utf8))),
            TreeEdit(PodmanStore.diff(ofLayer: layer), .symlink(Array(ups.utf8) + tree.bytes)),
            TreeEdit(PodmanStore.shortName(link), .symlink(Array("../\(layer)/diff".utf8))),
        ]
    }
}

extension PodmanStore {
    /// The edits that take an image out, by its id, with its names.
    package static func removal(of image: String, names: [String] = []) throws -> [TreeEdit] {
        try PodmanStoreChange(removed: [image], removedNames: names).edits()
    }

    /// The edits that take a name from the image that has it; the image stays.
    package static func removing(name: String) throws -> [TreeEdit] {
        try PodmanStoreChange(removedNames: [name]).edits()
    }
}
