import Plumbing

extension RepositoryCheck {
    /// The tag database: its branches, and whether the tagged revisions are there (docs/cvmfs-format.md §5.4).
    func checkTags(_ manifest: RepositoryManifest, _ objects: ObjectCheck, _ faults: FaultCollector) {
        guard let hash = manifest.history else { return }
        let path = hash.objectPath(.history)
        _ = faults.attempt(.tags, path) {
            let history = try History(bytes: objects.load(hash, .history))
            if history.fqrn != fqrn {
                let found = Printable.text(history.fqrn)
                faults.add(.tags, path, "is of the repository \"\(found)\", not of \(Printable.text(fqrn))")
            }
            let branches = try history.branches()
            var unused = Set(branches.keys)
            for tag in try history.tags() {
                unused.remove(tag.branch)
                let name = "the tag \(Printable.text(tag.name))"
                if let initial = branches[tag.branch] {
                    if tag.revision < UInt64(clamping: initial) {
                        faults.add(.tags, path, "\(name) has revision \(tag.revision), its branch starts at \(initial)")
                    }
                } else {
                    faults.add(
                        .tags,
                        path,
                        "\(name) is of a branch \"\(Printable.text(tag.branch))\" that is not there"
                    )
                }
                _ = faults.attempt(.tags, path) {
                    guard try store.size(of: tag.root.hash, .catalog) == nil else { return }
                    throw CVMFSError(.notFound, "\(name) names the catalog \(tag.root.hash), which is missing")
                }
            }
            for branch in unused {
                faults.add(.tags, path, "the branch \"\(Printable.text(branch))\" has no tag")
            }
        }
    }
}
