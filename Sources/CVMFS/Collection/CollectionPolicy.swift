/// Which revisions a garbage collection keeps besides the published one and those that have tags.
package struct CollectionPolicy: Sendable, Equatable {
    /// So many of the newest, the published one included; nil for no such rule.
    package let revisions: Int?
    /// Those that clients could see within so many seconds; nil for no such rule.
    package let seconds: Int64?

    /// A revision is kept that either rule keeps.
    package init(revisions: Int? = nil, seconds: Int64? = nil) {
        self.revisions = revisions
        self.seconds = seconds
    }

    /// Whether the revision before another one is kept. `number` counts back from the published one, which is 0, and
    /// `successor` is when the other one was published, in seconds since 1970, as `now` is: until then it was current.
    func keeps(_ number: Int, before successor: Int64, now: Int64) -> Bool {
        if let revisions, number < revisions { return true }
        if let seconds, seconds > 0 { return successor >= now - seconds }
        return false
    }
}
