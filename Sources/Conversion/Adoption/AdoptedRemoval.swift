import CVMFS
import OCI
import Plumbing
import State

/// What takes an image out of a repository that another program made: its name, its metadata, its name in podman's store. Its
/// tree and its layers stay for the next pruning.
struct AdoptedRemoval {
    let source: ImageSource
    let edits: [TreeEdit]
    /// The names that podman finds it by.
    let podmanNames: [String]

    /// What of a repository tells whether it has the image.
    static func paths(of source: ImageSource, _ settings: TreeSettings) throws -> [BytePath] {
        let own = try RepositoryLayout.ImageFile.manifest.path(in: RepositoryLayout.image(source))
        let name = try? ImageNames(template: settings.names).name(of: source)
        return [own, AdoptedImage.manifest(of: source)] + [name].compactMap(\.self)
    }

    /// Nil where the image is not there, or is Wafer's.
    init?(_ source: ImageSource, _ settings: TreeSettings, in contents: [BytePath: [UInt8]]) throws {
        let own = try RepositoryLayout.ImageFile.manifest.path(in: RepositoryLayout.image(source))
        guard contents[own] == nil else { return nil }
        // A template that gives the image no name gave it none.
        let name = try? ImageNames(template: settings.names).name(of: source)
        let target = name.flatMap { contents[$0] }
        let path = AdoptedImage.manifest(of: source)
        let tree = contents[path].flatMap(AdoptedImage.decode).map { RepositoryLayout.tree($0.config.digest).bytes }
        let isName = tree.map { target?.hasSuffix($0) == true } ?? (target.flatMap(OSGTree.hash(ofTarget:)) != nil)
        var edits: [TreeEdit] = []
        if let name, isName { edits.append(TreeEdit(name, .name(target: nil))) }
        // Without a tag the folder may be that of another digest.
        let isTagged = path == RepositoryLayout.ImageFile.manifest.path(in: RepositoryLayout.formerImage(source))
        if tree != nil, isTagged || isName { edits.append(TreeEdit(path, .remove)) }
        guard !edits.isEmpty else { return nil }
        self.source = source
        self.edits = edits
        podmanNames = AdoptedPodmanEntry.names(of: source)
    }
}
