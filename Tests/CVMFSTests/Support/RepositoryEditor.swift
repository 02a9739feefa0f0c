import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Changes a copy of the stock repository behind its publisher's back and publishes that with valid hashes and
/// signatures, so that only the change itself is wrong.
struct RepositoryEditor {
    let stock: StockContents
    let store: MemoryObjectStore

    init() async throws {
        stock = try await .load()
        store = MemoryObjectStore(stock.files)
    }

    func manifest() throws -> RepositoryManifest {
        try RepositoryManifest.parse(store[".cvmfspublished"] ?? []).manifest
    }

    /// What a check says.
    func faults(
        _ depth: CheckDepth = .structure,
        masterKeys: [PublicKey]? = nil,
        now: Date = StockRepository.now,
        reflogMayBeAhead: Bool = false
    ) throws -> [String] {
        let check = RepositoryCheck(
            store: store,
            fqrn: StockRepository.fqrn,
            masterKeys: try masterKeys ?? [stock.masterKey.publicKey],
            options: CheckOptions(depth, reflogMayBeAhead: reflogMayBeAhead, threads: 2),
            now: now
        )
        return try check.run().faults.map(\.description)
    }

    /// Stores an object as it must be: compressed, and named by its hash.
    @discardableResult
    func add(_ bytes: [UInt8], _ kind: ObjectKind) throws -> ContentHash {
        let stored = try bytes.withUnsafeBytes { try ZlibCompressor(.zlib).compress($0) }
        let hash = try ContentHash(.sha1, of: stored)
        store[hash.objectPath(kind)] = stored
        return hash
    }

    /// Changes the manifest, logs what it names, and signs it.
    func editManifest(_ change: (inout RepositoryManifest) throws -> Void) throws {
        var manifest = try manifest()
        try change(&manifest)
        let reflog = try Reflog(bytes: store[".cvmfsreflog"] ?? [])
        let named: [(ContentHash?, ObjectKind)] = [
            (manifest.root.hash, .catalog), (manifest.certificate, .certificate), (manifest.history, .history),
            (manifest.metainfo, .metainfo),
        ]
        for case (let hash?, let kind) in named { try reflog.insert(hash, kind, timestamp: manifest.published) }
        try replaceReflog(reflog.serialize(), &manifest)
    }

    private func replaceReflog(_ bytes: [UInt8], _ manifest: inout RepositoryManifest) throws {
        store[".cvmfsreflog"] = bytes
        manifest.reflog = try ContentHash(.sha1, of: bytes)
        try publish(manifest)
    }

    /// Signs a manifest and puts it in its place.
    func publish(_ manifest: RepositoryManifest) throws {
        store[".cvmfspublished"] = try manifest.serialize(signedBy: stock.repositoryKey)
    }

    /// Runs SQL on the tag database.
    func editHistory(_ sql: String) async throws {
        let hash = try #require(manifest().history)
        let bytes = try await edit(store.loadInflated(hash, .history), sql)
        try editManifest { $0.history = try add(bytes, .history) }
    }

    /// Runs SQL on the reference log and announces its hash.
    func editReflog(_ sql: String) async throws {
        var manifest = try manifest()
        try await replaceReflog(edit(store[".cvmfsreflog"] ?? [], sql), &manifest)
    }

    /// Signs a whitelist anew.
    func editWhitelist(
        fqrn: String = StockRepository.fqrn,
        fingerprints: [ContentHash]? = nil,
        expires: Date = StockRepository.now + 86_400
    ) throws {
        store[".cvmfswhitelist"] = try Whitelist.serialize(
            fqrn: fqrn,
            fingerprints: fingerprints ?? [stock.certificate.fingerprint(.sha1)],
            issued: StockRepository.now,
            expires: expires,
            algorithm: .sha1,
            masterKey: stock.masterKey
        )
    }

    /// Runs SQL on the catalog at a path ("" or "/a/b") and rewrites its parents.
    func editCatalog(_ path: String, _ sql: String) async throws {
        let root = try await rewrite(manifest().root.hash, at: "", target: path, sql)
        try editManifest { $0.root = root }
    }

    /// Copies the catalog, changes it or the child on the way to `target`, and stores it.
    private func rewrite(
        _ hash: ContentHash,
        at path: String,
        target: String,
        _ sql: String
    ) async throws -> CatalogReference {
        let bytes = try store.loadInflated(hash, .catalog)
        var own = sql
        if path != target {
            let way = try BytePath(target)
            for (child, reference) in try Catalog(bytes: bytes).nestedCatalogs() where way.starts(with: child) {
                let new = try await rewrite(reference.hash, at: "/\(child)", target: target, sql)
                own = "UPDATE nested_catalogs SET sha1 = '\(new.hash)', size = \(new.size) WHERE path = '/\(child)'"
            }
        }
        let edited = try await edit(bytes, own)
        return CatalogReference(hash: try add(edited, .catalog), size: Int64(edited.count))
    }

    /// A database after some SQL.
    private func edit(_ database: [UInt8], _ sql: String) async throws -> [UInt8] {
        try await withTemporaryFolder { folder in
            let file = folder.appending("database")
            try file.write(database)
            try await Tool.sqlite(file, sql)
            return try file.contents()
        }
    }
}
