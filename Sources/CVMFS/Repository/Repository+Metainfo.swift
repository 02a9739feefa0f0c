package import Foundation
import Plumbing

extension Repository {
    /// The published meta info, `{}` where the repository has none. Blocks.
    package func metainfo() throws -> [UInt8] {
        guard let hash = try published().manifest.metainfo else { return Metainfo.empty }
        return try store.loadInflated(hash, .metainfo, limit: Metainfo.limit)
    }

    /// Publishes other meta info; the revision stays. Returns whether it differs from what was there.
    ///
    /// Throws ``CVMFSError`` where it is not what ``Metainfo/validate(_:)`` demands. Waits up to `lockTimeout` for another
    /// writer. Blocks.
    package func setMetainfo(_ bytes: [UInt8], lockTimeout: Duration, now: Date) throws -> Bool {
        try Metainfo.validate(bytes)
        var isChanged = false
        try withPreparation(lockTimeout: lockTimeout, now: now) { preparation in
            _ = try publish(with: preparation, lockTimeout: lockTimeout, now: now, purpose: "editing meta info") {
                old,
                _ in
                var manifest = old
                manifest.metainfo = try preparation.storeInflatable(bytes, .metainfo)
                isChanged = manifest.metainfo != old.metainfo
                return isChanged ? (manifest, try tags(of: old)) : nil
            }
        }
        return isChanged
    }
}
