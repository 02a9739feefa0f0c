package import Foundation
import Plumbing

/// Checks a published revision and everything that its storage holds: what `cvmfs_server check -i` checks
/// (docs/cvmfs-format.md §10.1), the signatures, and that every object inflates to the size its row announces.
///
/// A fault does not end it: whatever can still be looked at is looked at.
package struct RepositoryCheck: Sendable {
    /// How much is read.
    package enum Depth: Sendable {
        /// Catalogs and signatures; of other objects only whether they are there.
        case structure
        /// Every byte of every object.
        case content
    }

    let store: any ObjectReader
    let fqrn: String
    let masterKeys: [PublicKey]
    let blacklist: Blacklist
    let depth: Depth
    let now: Date
    let reflogMayBeAhead: Bool
    let reflogChecksum: ContentHash?
    let threads: Int

    /// Prepares a check.
    ///
    /// The whitelist must be signed by one of `masterKeys` and be valid at `now`. `reflogMayBeAhead` excuses a reference
    /// log that lists more than the manifest knows: after a crash between the two, or after `gc`. Where a server keeps the
    /// log's hash, that counts and not the manifest's.
    package init(
        store: any ObjectReader,
        fqrn: String,
        masterKeys: [PublicKey],
        blacklist: Blacklist = .empty,
        depth: Depth,
        now: Date,
        reflogMayBeAhead: Bool = false,
        reflogChecksum: ContentHash? = nil,
        threads: Int? = nil
    ) {
        self.store = store
        self.fqrn = fqrn
        self.masterKeys = masterKeys
        self.blacklist = blacklist
        self.depth = depth
        self.now = now
        self.reflogMayBeAhead = reflogMayBeAhead
        self.reflogChecksum = reflogChecksum
        self.threads = threads ?? store.usefulReaders
    }

    /// Runs the check. Blocks, for as long as it takes to read the repository: call it on a dedicated thread.
    /// Throws `ThreadError`; what is wrong with the repository is in the report.
    package func run() throws -> CheckReport {
        let faults = FaultCollector()
        let objects = try ObjectCheck(store: store, depth: depth, threads: threads, faults: faults)
        var tally = CatalogTally()
        if let signed = checkManifest(faults) {
            let manifest = signed.manifest
            checkTrust(signed, objects, faults)
            checkAlternativePaths(manifest, faults)
            if let hash = manifest.metainfo {
                _ = faults.attempt(.metainfo, hash.objectPath(.metainfo)) { try objects.load(hash, .metainfo) }
            }
            checkReflog(manifest, faults)
            checkTags(manifest, objects, faults)
            tally = checkCatalogs(manifest, objects, faults)
        }
        checkStorage(objects, faults)
        objects.finish()
        let result = faults.result
        return CheckReport(
            faults: result.faults,
            omittedFaults: result.omitted,
            catalogs: tally.catalogs,
            entries: tally.entries,
            objects: objects.count
        )
    }
}
