import CVMFS
import OCI
import Plumbing

/// What takes images out of a repository: names, metadata, their entries for podman, and the trees that no other image uses.
/// Their layers stay.
struct ImageRemoval: Sendable {
    /// Images that are there.
    let sources: [ImageSource]
    /// Images that are not.
    let absent: [ImageSource]
    let edits: [TreeEdit]
    /// What leaves podman's store, which is not among the edits.
    let podman: PodmanStoreChange
    /// The folders of metadata that go.
    let folders: [BytePath]
    /// The names that go.
    let names: [BytePath]
    /// The trees that go with them, since no other image uses them.
    let trees: [BytePath]

    /// Reads what a repository has of these images.
    init(_ sources: [ImageSource], from publisher: any Publisher) async throws {
        let places = try sources.map { source in
            let files = RepositoryLayout.ImageFile.allCases
            return (
                source: source, record: try RepositoryLayout.imageRecord(source),
                manifests: try RepositoryLayout.manifests(of: source),
                former: files.map { $0.path(in: RepositoryLayout.formerImage(source)) }
            )
        }
        let (isAdopted, trees) = (publisher.adoption != nil, publisher.trees)
        let adoptedPaths = isAdopted ? try sources.flatMap { try AdoptedRemoval.paths(of: $0, trees) } : []
        let contents = try await publisher.contents(places.flatMap { [$0.record] + $0.manifests } + adoptedPaths)
        let adopted = isAdopted ? try sources.compactMap { try AdoptedRemoval($0, trees, in: contents) } : []
        let there = places.filter { place in
            ([place.record] + place.manifests).contains { contents[$0] != nil }
                || adopted.contains { $0.source == place.source }
        }
        self.sources = there.map(\.source)
        let records = Set(there.map(\.record))
        absent = places.filter { !records.contains($0.record) }.map(\.source)
        let changes = try there.map { place in
            let former = try ImageRecord(of: place.source, in: contents)
            return ImageChange(of: place.source, from: former, to: ImageRecord(), keeping: .nothing)
        }
        let details = try await publisher.contents(changes.flatMap(\.paths))
        let users = Set(there.map { RepositoryLayout.imageName($0.source) })
        var edits: [TreeEdit] = []
        var podman = PodmanStoreChange()
        for change in changes {
            edits += try change.removals(details)
            let part = try change.podman(details, with: users)
            podman.removed += part.removed
            podman.removedNames += part.removedNames
        }
        edits += there.flatMap { place in place.former.map { TreeEdit($0, .remove) } }
        podman.removed = Set(podman.removed).sorted()
        let entries = adopted.compactMap { AdoptedPodmanEntry(of: $0.source, in: contents) }
        let store = try await publisher.contents(entries.flatMap(\.paths))
        edits += try entries.flatMap { try $0.keepsakes(losingName: true, in: store) } + adopted.flatMap(\.edits)
        podman.removedNames += adopted.flatMap(\.podmanNames)
        self.podman = podman
        edits += try changes.flatMap { try $0.conclusion() }
        self.edits = edits
        let manifests = RepositoryLayout.ImageFile.manifest.name
        let gone = edits.filter { $0.change.isRemoval && $0.path.name == manifests }.compactMap(\.path.parent)
        folders = Set(gone).sorted()
        names = edits.filter { $0.change == .name(target: nil) }.map(\.path)
        self.trees = edits.compactMap { edit in
            guard case .removeUnless(let record) = edit.change, edit.path.starts(with: RepositoryLayout.trees) else {
                return nil
            }
            let known = details[record].flatMap(TreeRecord.decode)?.usedBy ?? [:]
            return users.isSuperset(of: known.keys) ? edit.path : nil
        }
    }
}
