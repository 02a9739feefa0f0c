import Plumbing

extension RepositoryCheck {
    /// The reference log against the manifest (docs/cvmfs-format.md §5.2).
    func checkReflog(_ manifest: RepositoryManifest, _ faults: FaultCollector) {
        let name = Reflog.fileName
        _ = faults.attempt(.reflog, name) {
            guard let bytes = try store.readTopLevel(name) else {
                guard manifest.reflog == nil else {
                    throw CVMFSError(.notFound, "is missing, and the manifest announces it")
                }
                return
            }
            checkHash(of: bytes, manifest, faults)
            let reflog = try Reflog(bytes: bytes)
            if reflog.fqrn != fqrn {
                let found = Printable.text(reflog.fqrn)
                faults.add(.reflog, name, "is of the repository \"\(found)\", not of \(Printable.text(fqrn))")
            }
            try checkReferences(of: reflog, manifest, faults)
        }
    }

    private func checkHash(of bytes: [UInt8], _ manifest: RepositoryManifest, _ faults: FaultCollector) {
        guard !options.reflogMayBeAhead else { return }
        _ = faults.attempt(.reflog, Reflog.fileName) {
            guard let announced = options.reflogChecksum ?? manifest.reflog else {
                throw CVMFSError(.corrupt, "is there, and the manifest does not announce it")
            }
            let actual = try ContentHash(announced.algorithm, of: bytes)
            guard actual == announced else {
                let who = options.reflogChecksum == nil ? "the manifest" : "the server"
                throw CVMFSError(.corrupt, "has the hash \(actual), and \(who) announces \(announced)")
            }
        }
    }

    private func checkReferences(
        of reflog: Reflog,
        _ manifest: RepositoryManifest,
        _ faults: FaultCollector
    ) throws {
        // Reads every row, and so finds damaged ones.
        _ = try reflog.references()
        let published: [(hash: ContentHash?, kind: ObjectKind, what: String)] = [
            (manifest.root.hash, .catalog, "root catalog"), (manifest.certificate, .certificate, "certificate"),
            (manifest.history, .history, "tag database"), (manifest.metainfo, .metainfo, "meta info"),
        ]
        for (hash, kind, what) in published {
            guard let hash, try !reflog.contains(hash, kind) else { continue }
            faults.add(.reflog, Reflog.fileName, "does not list the published \(what) \(hash)")
        }
    }
}
