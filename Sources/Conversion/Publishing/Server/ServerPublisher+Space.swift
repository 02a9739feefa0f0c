import CVMFS
import Foundation
import Plumbing
import StockServer
import SystemPackage

/// How much room a repository of `cvmfs_server` has.
extension ServerPublisher {
    /// What its program stored is seen after this time, in seconds: nobody tells of it.
    private static let useLifetime: TimeInterval = 6 * 3_600

    private var useFile: StorageUseFile { StorageUseFile(usePlace) }

    /// Where it is noted what its objects take.
    var usePlace: FilePlace { FilePlace(workspace.appending("use")) }

    /// Its objects are counted where its storage is on this machine; what is free is that of the workspace.
    package func space() async throws -> RepositorySpace {
        try await onDedicatedThread("free space") {
            try makeWorkspace()
            let now = transactions.context.now
            var used: Int64?
            if quota != nil, let storage {
                used = try useFile.read(measuredAfter: now - Self.useLifetime, now: now) {
                    try storage.store.lister?.storedBytes()
                }?.bytes
            }
            return RepositorySpace(
                used: used,
                quota: quota,
                free: try DiskSpace.free(at: workspace),
                reserve: try DiskSpace.reserve(at: workspace)
            )
        }
    }
}
