package import Foundation
import Plumbing

/// Checks a published revision and everything that its storage holds: what `cvmfs_server check -i` checks
/// (docs/cvmfs-format.md §10.1), the signatures, and that every object inflates to the size its row announces.
///
/// A fault does not end it: whatever can still be looked at is looked at.
package struct RepositoryCheck: Sendable {
    let store: any ObjectReader
    let fqrn: String
    let masterKeys: [PublicKey]
    let blacklist: Blacklist
    let options: CheckOptions
    let now: Date

    /// Prepares a check. The whitelist must be signed by one of `masterKeys` and be valid at `now`.
    package init(
        store: any ObjectReader,
        fqrn: String,
        masterKeys: [PublicKey],
        blacklist: Blacklist = .empty,
        options: CheckOptions,
        now: Date
    ) {
        self.store = store
        self.fqrn = fqrn
        self.masterKeys = masterKeys
        self.blacklist = blacklist
        self.options = options
        self.now = now
    }

    /// Runs the check. Blocks, for as long as it takes to read the repository: call it on a dedicated thread.
    /// Throws `ThreadError`; what is wrong with the repository is in the report.
    package func run() throws -> CheckReport {
        let faults = FaultCollector()
        let objects = try ObjectCheck(
            store: store,
            depth: options.depth,
            threads: options.threads ?? store.usefulReaders,
            faults: faults
        )
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
            if options.tags { tally.add(checkTaggedRevisions(manifest, objects, faults)) }
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
