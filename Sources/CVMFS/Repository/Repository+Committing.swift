extension Repository {
    /// Publishes edits as one revision (docs/cvmfs-format.md §12, docs/decisions/001-one-commit-point.md).
    ///
    /// Takes the repository's lock, waiting for another writer, and runs `body` on the newest revision. Where that edits
    /// nothing there is no new revision. `.cvmfspublished` is replaced last: a failure, or the end of the process, at any
    /// moment leaves the published revision as it was. Returns the revision that holds the edits.
    package func commit(
        _ preparation: Preparation,
        _ context: WriteContext,
        _ body: (Transaction) throws -> Void
    ) throws -> CommitOutcome {
        var outcome: CommitOutcome?
        try withoutActuallyEscaping(body) { body in
            try commit([PreparedEdits(preparation, body)], context) { outcome = $0 }
        }
        guard let outcome else { throw CVMFSError(.refused, "nothing was to be committed to \(fqrn)") }
        return outcome
    }

    /// The same for several preparations, in one revision: all of them, or, where one throws, none. `done` hears what became
    /// of each, in their order: one that edits nothing is in the revision that the others make.
    package func commit(
        _ all: [PreparedEdits],
        _ context: WriteContext,
        done: (CommitOutcome) -> Void
    ) throws {
        guard let first = all.first else { return }
        // What they store on their own threads; one sync for the disk follows.
        for edits in all.dropFirst() { try edits.preparation.waitForFlush() }
        var areChanged: [Bool] = []
        let outcome = try publish(with: first.preparation, purpose: "committing", context) { old, time in
            for edits in all.dropFirst() { try sink.verify(edits.preparation) }
            let tree = try CatalogTree(store: storage, root: old.root)
            let preparation = first.preparation
            let transaction = Transaction(tree: tree, preparation: preparation, modified: time)
            for edits in all { areChanged.append(try transaction.changes { try edits.apply(transaction) }) }
            guard transaction.hasChanges else { return nil }
            try checkPresence(of: transaction.attached, all.map(\.preparation))
            try preparation.storeEmptyFile()
            var manifest = old
            if let seconds = settings.timeToLive {
                try tree.root.catalog.setProperty("TTL", String(seconds))
                manifest.timeToLive = seconds
            }
            (manifest.root, manifest.revision) = try tree.write(modified: time, storing: preparation.storeCatalog)
            // With the catalogs above what is new.
            if !transaction.attached.isEmpty { try requireQuota(all.map(\.preparation)) }
            let tags = try reader.tags(of: old)
            try settings.autoTags?.apply(
                to: tags,
                root: manifest.root,
                revision: manifest.revision,
                timestamp: time,
                now: context.now
            )
            try tags.moveTrunk(to: manifest.root, revision: manifest.revision, timestamp: time)
            return (manifest, tags)
        }
        if outcome.isPublished { for edits in all { edits.preparation.didSynchronize() } }
        for isChanged in areChanged { done(isChanged ? outcome : .unchanged(revision: outcome.revision)) }
    }

    /// Throws ``CVMFSError`` `busy` where garbage was collected since the preparation began, and something went that it found
    /// there and did not store again. The next attempt stores it.
    private func checkPresence(of prepared: [PreparedCatalog], _ preparations: [Preparation]) throws {
        let last = try workspace.open().collectionMark.text()
        if preparations.allSatisfy({ $0.journal.baseline.lastCollection == last }) { return }
        for catalog in prepared {
            try CatalogWalk(store: storage, passesOverMissing: false).run(from: catalog.reference) { reference in
                try requirePresence(of: reference.hash, .catalog)
                return true
            } object: { hash, kind in
                try requirePresence(of: hash, kind)
            }
        }
    }

    private func requirePresence(of hash: ContentHash, _ kind: ObjectKind) throws {
        if try storage.size(of: hash, kind) != nil { return }
        throw CVMFSError(
            .busy,
            "garbage was collected in \(fqrn) meanwhile, and \(hash.objectPath(kind)) went, which this relies on: nothing "
                + "was published, run the command again"
        )
    }

    /// The same as the first with a preparation of its own, for edits that need nothing prepared.
    @discardableResult
    package func edit(_ context: WriteContext, _ body: (Transaction) throws -> Void) throws -> CommitOutcome {
        try withPreparation(context) { try commit($0, context, body) }
    }

    /// Publishes other meta info; the revision stays. Returns whether it differs from what was there.
    ///
    /// Throws ``CVMFSError`` where it is not what ``Metainfo/validate(_:)`` demands. Waits for another writer.
    package func setMetainfo(_ bytes: [UInt8], _ context: WriteContext) throws -> Bool {
        try Metainfo.validate(bytes)
        var isChanged = false
        try withPreparation(context) { preparation in
            _ = try publish(with: preparation, purpose: "editing meta info", context) { old, _ in
                var manifest = old
                manifest.metainfo = try preparation.storeInflatable(bytes, .metainfo)
                isChanged = manifest.metainfo != old.metainfo
                return isChanged ? (manifest, try reader.tags(of: old)) : nil
            }
        }
        return isChanged
    }

    /// Publishes the manifest and the tags that `body` makes of the published manifest and the time, in seconds since
    /// 1970, while nobody else publishes; nothing where it returns nil.
    func publish(
        with preparation: Preparation,
        purpose: String,
        _ context: WriteContext,
        _ body: (_ old: RepositoryManifest, _ time: Int64) throws -> (manifest: RepositoryManifest, tags: History)?
    ) throws -> CommitOutcome {
        let revision = try sink.begin(preparation, purpose: purpose, context)
        // Nobody else writes as long as it lives.
        return try withExtendedLifetime(revision) {
            guard let edited = try body(revision.base.manifest, revision.time) else {
                return .unchanged(revision: revision.base.manifest.revision)
            }
            try revision.submit(edited.manifest, edited.tags)
            return .published(revision: try revision.publish().revision)
        }
    }

    /// Runs `body` while nobody else of ours publishes.
    func withLock<Value>(purpose: String, _ context: WriteContext, _ body: () throws -> Value) throws -> Value {
        try commitGuard.checkPermission()
        let lock = try FileLock.acquire(workspace.open().lock, purpose: purpose, context)
        return try withExtendedLifetime(lock, body)
    }
}
