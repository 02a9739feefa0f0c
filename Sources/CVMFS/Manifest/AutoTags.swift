package import Foundation

/// Names every revision after the time of its publication, and forgets the names that are too old: as the stock tools
/// do (docs/cvmfs-format.md §5.4).
package struct AutoTags: Sendable, Equatable {
    /// How long such tags stay; nil for ever.
    package let kept: Timespan?

    /// Tags that stay for ever, or as long as `kept` says.
    package init(kept: Timespan?) {
        self.kept = kept
    }

    /// Removes what is too old and names the new root.
    package func apply(to tags: History, root: CatalogReference, revision: UInt64, timestamp: Int64, now: Date) throws {
        if let limit = kept?.start(before: now) {
            for tag in try tags.tags() where tag.timestamp < limit && Self.isAutomatic(tag.name) {
                try tags.remove(tag.name)
            }
        }
        let time = Self.text(now)
        var name = "generic-\(time)"
        var number = 1
        // The time has seconds only.
        while try tags.tag(name) != nil {
            name = "generic_\(number)-\(time)"
            number += 1
        }
        try tags.put(History.Tag(name: name, root: root, revision: revision, timestamp: timestamp))
    }

    /// `YYYY-MM-DDThh:mm:ssZ`.
    package static func text(_ date: Date) -> String {
        let digits = Array(CompactTime.text(date))
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z"
    }

    /// Whether a tag was made by this rule or by that of the stock tools, whose gateway adds a fraction of the second.
    package static func isAutomatic(_ name: String) -> Bool {
        name.wholeMatch(of: /generic(_[0-9]+)?-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?Z/)
            != nil
    }
}
