import Plumbing

/// What people read where a repository is full.
package enum QuotaText {
    /// That something would be more than a repository may take, and what to do.
    package static func refusal(of fqrn: String, used: Int64, adding bytes: Int64, quota: Int64) -> String {
        "\(fqrn) takes \(ByteCount.text(used)) and may take \(ByteCount.text(quota)) by its quota, and this, with what "
            + "is under way, would add at most \(ByteCount.text(bytes)): nothing was published; \(remedy(fqrn)), and `wafer repository set \(fqrn) --quota BYTES` "
            + "allows more"
    }

    /// That something would be more than there is room for, and what to do.
    package static func refusal(of fqrn: String, free: Int64, adding bytes: Int64, reserve: Int64) -> String {
        "the disk of \(fqrn) has \(ByteCount.text(free)) free, of which \(ByteCount.text(reserve)) stay free, and this, "
            + "with what is under way, would add at most \(ByteCount.text(bytes)): nothing was published; \(remedy(fqrn)), or give it a larger disk"
    }

    private static func remedy(_ fqrn: String) -> String {
        "`wafer prune \(fqrn)` and then `wafer repository gc \(fqrn)` make room"
    }
}
