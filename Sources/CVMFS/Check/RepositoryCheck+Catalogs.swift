import Plumbing

extension RepositoryCheck {
    /// Every catalog of the published revision.
    func checkCatalogs(
        _ manifest: RepositoryManifest,
        _ objects: ObjectCheck,
        _ faults: FaultCollector
    ) -> CatalogTally {
        var tally = CatalogTally()
        let root = NestedCatalog(path: BytePath(), reference: manifest.root, transition: nil)
        _ = checkCatalog(root, manifest, objects, faults, &tally)
        return tally
    }

    /// Every catalog of the revisions that tags name, each revision once.
    func checkTaggedRevisions(
        _ manifest: RepositoryManifest,
        _ objects: ObjectCheck,
        _ faults: FaultCollector
    ) -> CatalogTally {
        var tally = CatalogTally()
        guard let hash = manifest.history,
            // What is wrong with the database is told with the tags.
            let tags = try? History(bytes: objects.load(hash, .history)).tags()
        else { return tally }
        var seen: Set<ContentHash> = [manifest.root.hash]
        for tag in tags where seen.insert(tag.root.hash).inserted {
            var tagged = manifest
            (tagged.root, tagged.revision) = (tag.root, tag.revision)
            let found = FaultCollector()
            tally.add(checkCatalogs(tagged, objects, found))
            let name = Printable.text(tag.name)
            let result = found.result
            for fault in result.faults {
                faults.add(fault.rule, fault.path, "\(fault.text), in the revision of the tag \(name)")
            }
            if result.omitted > 0 {
                faults.add(.tags, hash.objectPath(.history), "the tag \(name) has \(result.omitted) faults more")
            }
        }
        return tally
    }

    /// A catalog and what hangs off it. Returns what its rows and those below add up to, nil where that is not known.
    private func checkCatalog(
        _ nested: NestedCatalog,
        _ manifest: RepositoryManifest,
        _ objects: ObjectCheck,
        _ faults: FaultCollector,
        _ tally: inout CatalogTally
    ) -> Counters? {
        let path = nested.path.checkText
        guard let result = faults.attempt(.catalog, path, { try inspect(nested, manifest, objects, faults) }) else {
            return nil
        }
        guard let result else { return nil }
        tally.catalogs += 1
        tally.entries += result.entries
        // The catalog itself is closed by now: one is in memory at a time, however deep they are nested.
        var below = result.areChildrenComplete ? Counters() : nil
        for child in result.children {
            let total = checkCatalog(child, manifest, objects, faults, &tally)
            below = below.flatMap { sum in total.map(sum.wrappingSum) }
        }
        // Where a child could not be read its numbers are unknown, and the fault about that says enough.
        guard let below else { return nil }
        result.stored.compare("subtree_", with: below, path, faults)
        return result.own.wrappingSum(with: below)
    }

    private func inspect(
        _ nested: NestedCatalog,
        _ manifest: RepositoryManifest,
        _ objects: ObjectCheck,
        _ faults: FaultCollector
    ) throws -> CatalogInspection.Result? {
        let bytes = try objects.load(nested.reference.hash, .catalog)
        if nested.reference.size > 0, nested.reference.size != Int64(bytes.count) {
            let announced = nested.reference.size
            faults.add(.catalog, nested.path.checkText, "catalog of \(bytes.count) bytes, announced are \(announced)")
        }
        let catalog = try Catalog(bytes: bytes)
        if nested.path.isRoot { try checkRevision(of: catalog, manifest, faults) }
        // The rows of a catalog that belongs elsewhere would all be wrong; and what is never mounted twice cannot
        // make this endless.
        guard catalog.rootPrefix == nested.path else {
            let prefix = catalog.rootPrefix.checkText
            faults.add(.rootPrefix, nested.path.checkText, "holds the catalog of \(prefix)")
            return nil
        }
        return try CatalogInspection(catalog, objects: objects, faults: faults).run(transition: nested.transition)
    }

    private func checkRevision(
        of catalog: Catalog,
        _ manifest: RepositoryManifest,
        _ faults: FaultCollector
    ) throws {
        let revision = try catalog.revision()
        if revision != manifest.revision {
            faults.add(.revision, "/", "root catalog of revision \(revision), the manifest says \(manifest.revision)")
        }
        guard let text = try catalog.properties()["previous_revision"], !text.isEmpty else { return }
        guard let previous = ContentHash(text) else {
            faults.add(.revision, "/", "previous_revision \"\(Printable.text(text))\" is no hash")
            return
        }
        // Of a repository that is garbage collected the one before may be gone (docs/cvmfs-format.md §3.3).
        if manifest.isGarbageCollectable || previous.isZero { return }
        if try store.size(of: previous, .catalog) == nil {
            faults.add(.revision, "/", "the revision before, \(previous), is missing")
        }
    }
}

/// What the catalogs of a revision hold together.
struct CatalogTally {
    var catalogs = 0
    var entries: Int64 = 0

    mutating func add(_ other: CatalogTally) {
        catalogs += other.catalogs
        entries += other.entries
    }
}
