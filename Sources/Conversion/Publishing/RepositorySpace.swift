import CVMFS

/// How much room a repository has.
package struct RepositorySpace: Sendable, Equatable {
    /// Bytes that its objects take; nil where nobody counts them.
    package let used: Int64?
    /// The most that they may take; nil for any number.
    package let quota: Int64?
    /// Bytes that may still be written to its disk; nil where that does not tell.
    package let free: Int64?
    /// Those of them that stay free.
    package let reserve: Int64

    /// The room by its numbers.
    package init(used: Int64?, quota: Int64?, free: Int64?, reserve: Int64 = 0) {
        self.used = used
        self.quota = quota
        self.free = free
        self.reserve = reserve
    }

    /// Why so many more bytes have no room, and what to do; nil where they have.
    package func refusal(adding bytes: Int64, to fqrn: String) -> String? {
        if let used, let quota, used + bytes > quota {
            return QuotaText.refusal(of: fqrn, used: used, adding: bytes, quota: quota)
        }
        if let free, free - reserve < bytes {
            return QuotaText.refusal(of: fqrn, free: free, adding: bytes, reserve: reserve)
        }
        return nil
    }
}
