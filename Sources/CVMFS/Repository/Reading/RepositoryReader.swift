import Foundation
package import Logging
import Plumbing
package import SystemPackage

/// A repository as its clients see it: what is published, and why that is trusted. It writes nothing.
///
/// Every call blocks: call from a dedicated thread.
package struct RepositoryReader: Sendable {
    /// The fully qualified name.
    package let fqrn: String
    /// Where objects and manifest are read.
    package let store: any ObjectReader
    /// Where the keys lie, never inside the storage.
    package let keys: KeyFolder
    let logger: Logger
    private let trusted: MasterKeys

    /// A reader of what lies in a store. The whitelist must be signed by one of `masterKeys`, or else by the master key
    /// whose public half is in the folder `keys`.
    package init(
        fqrn: String,
        store: any ObjectReader,
        keys: FilePath,
        masterKeys: MasterKeys? = nil,
        logger: Logger
    ) {
        self.fqrn = fqrn
        self.store = store
        self.keys = KeyFolder(root: keys, fqrn: fqrn)
        trusted = masterKeys ?? MasterKeys(paths: [self.keys.publicKey])
        self.logger = logger
    }

    /// What is published now, verified: the manifest by its certificate, the certificate by the whitelist, the whitelist
    /// by the master key (docs/cvmfs-format.md §2.4). An expired whitelist still reads.
    package func published() throws -> PublishedState {
        let signed = try signedManifest()
        let manifest = signed.manifest
        guard manifest.fqrn == fqrn else {
            throw CVMFSError(
                .notTrusted,
                "\(store.location) holds the repository \(Printable.text(manifest.fqrn)), not \(fqrn)"
            )
        }
        let certificate = try certificate(of: signed)
        let whitelist = try whitelist()
        guard try whitelist.allows(certificate) else {
            throw CVMFSError(.notTrusted, "the whitelist of \(fqrn) does not list the certificate of its manifest")
        }
        try blacklist().check(certificate, fqrn: fqrn, revision: manifest.revision)
        return PublishedState(manifest: manifest, certificate: certificate, whitelist: whitelist)
    }

    /// The catalogs of the published revision.
    package func tree() throws -> CatalogTree {
        try CatalogTree(store: store, root: try published().manifest.root)
    }

    /// The published meta info, `{}` where the repository has none.
    package func metainfo() throws -> [UInt8] {
        guard let hash = try published().manifest.metainfo else { return Metainfo.empty }
        return try store.loadInflated(hash, .metainfo, limit: Metainfo.limit)
    }

    /// The manifest that is there. Its signature remains to be verified.
    func signedManifest() throws -> SignedManifest {
        guard let bytes = try store.readTopLevel(RepositoryManifest.fileName) else {
            throw CVMFSError(.notFound, "\(store.location) holds no repository: it has no .cvmfspublished")
        }
        return try RepositoryManifest.parse(bytes)
    }

    /// The certificate of a manifest whose signature is verified with it, whatever the whitelist says.
    func certificate(of signed: SignedManifest) throws -> Certificate {
        guard let hash = signed.manifest.certificate else {
            throw CVMFSError(.notTrusted, "the manifest of \(fqrn) names no certificate")
        }
        let certificate = try Certificate(pem: try store.loadInflated(hash, .certificate, limit: 1 << 20))
        try signed.verify(certificate: certificate)
        return certificate
    }

    /// Tells published states apart: the SHA-256 of the manifest's file, empty where there is none. The root alone would
    /// not do, since tags change without it.
    func publishedMark() throws -> String {
        guard let bytes = try store.readTopLevel(RepositoryManifest.fileName) else { return "" }
        return Hex.encode(try MessageDigest.hash(.sha256, bytes))
    }

    /// The root catalogs of the reference log, which a garbage collection takes out of it once their objects are gone.
    func loggedRoots() throws -> Set<ContentHash> {
        guard let bytes = try store.readTopLevel(Reflog.fileName) else { return [] }
        return Set(try Reflog(bytes: bytes).references().filter { $0.kind == .catalog }.map(\.hash))
    }

    // Whom it trusts.

    /// The public keys of which one must have signed the whitelist.
    package func masterKeys() throws -> [PublicKey] { try trusted.load() }

    /// What is not trusted whatever the whitelist says: the file `blacklist` in the keys folder.
    package func blacklist() throws -> Blacklist { try Blacklist(file: keys.blacklist) }
}
