package import Foundation
import Glibc
import SystemPackage

/// How much a repository takes, and how much it may take.
extension Repository {
    /// What others stored and removed without a word to Wafer is seen after this time, in seconds.
    package static let useLifetime: TimeInterval = 7 * 86_400

    /// What its objects take, as far as somebody counted them and this user may see that. Makes no workspace. Throws
    /// ``CVMFSError``. Blocks.
    package func knownUse() throws -> StorageUse? {
        let file = workspace.root.appending(OpenWorkspace.useName)
        guard access(file.string, R_OK) == 0 else { return nil }
        return try StorageUseFile(FilePlace(file)).read()
    }

    /// What its objects take: counted where nobody did within the last week, which takes a look at each object. Nil where the
    /// storage does not tell. Throws ``CVMFSError``. Blocks.
    package func use(now: Date) throws -> StorageUse? {
        try StorageUseFile(workspace.open().use).read(measuredAfter: now - Self.useLifetime, now: now) {
            try storage.lister?.storedBytes()
        }
    }

    /// Counts them now. Throws ``CVMFSError``. Blocks.
    package func measureUse(now: Date) throws -> StorageUse? {
        try StorageUseFile(workspace.open().use).read(measuredAfter: .distantFuture, now: now) {
            try storage.lister?.storedBytes()
        }
    }

    /// Throws ``CVMFSError`` `system` where the repository would take more with what was prepared than its quota. Where nobody
    /// has counted, nothing is refused.
    func requireQuota(_ preparations: [Preparation]) throws {
        guard let quota = settings.quota, let known = try StorageUseFile(workspace.open().use).read() else {
            return
        }
        let bytes = preparations.reduce(0) { $0 + $1.storedBytes }
        guard known.bytes + bytes > quota else { return }
        throw CVMFSError(.system, QuotaText.refusal(of: fqrn, used: known.bytes, adding: bytes, quota: quota))
    }
}
