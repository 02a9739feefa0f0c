/// How many entries a catalog may have before parts of it get catalogs of their own (docs/cvmfs-format.md §11).
package struct CatalogLimits: Sendable, Equatable {
    /// Rows that no catalog exceeds where its directories allow it. What lies directly in one directory is never spread
    /// over several catalogs.
    package let maximum: Int
    /// Entries below which a directory gets no catalog of its own, unless nothing else keeps to the maximum.
    package let minimum: Int
    /// Entries above which a catalog is split where it has directories that large.
    package let target: Int

    /// The numbers of the stock publisher.
    package static let standard = CatalogLimits(maximum: 100_000, minimum: 1_000)

    /// Limits in rows. Without a target it is half the maximum, as the stock publisher has it.
    package init(maximum: Int, minimum: Int, target: Int? = nil) {
        self.maximum = maximum
        self.minimum = minimum
        self.target = target ?? maximum / 2
    }

    /// Limits that a person gave. Throws ``CVMFSError`` where they make no sense: readers hold a whole catalog, and each
    /// is a download.
    package init(checking maximum: Int, minimum: Int) throws {
        guard (100...10_000_000).contains(maximum), minimum > 0, minimum <= maximum / 2 else {
            throw CVMFSError(
                .refused,
                "catalogs of \(minimum) to \(maximum) entries: the maximum must be 100 to 10000000, the minimum 1 to half "
                    + "of it"
            )
        }
        self.init(maximum: maximum, minimum: minimum)
    }

    /// The limits of a ``text``; nil where it is none.
    package init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let maximum = parts[0], let minimum = parts[1],
            let limits = try? CatalogLimits(checking: maximum, minimum: minimum)
        else { return nil }
        self = limits
    }

    /// The maximum and the minimum with a colon between them, as a registration has them.
    package var text: String { "\(maximum):\(minimum)" }
}
