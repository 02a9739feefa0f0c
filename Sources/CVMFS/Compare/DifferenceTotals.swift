import Plumbing

/// How much differs between two trees.
///
/// Bytes are the lengths of regular files, each name of a hard-linked file counted. Of a changed entry they count only
/// where its content or its type changed. They are bounded by the range of a number, whatever a catalog says.
package struct DifferenceTotals: Sendable, Equatable {
    /// Entries that only the second tree has, and their bytes.
    package private(set) var added = Amount()
    /// Entries that only the first tree has, and their bytes.
    package private(set) var removed = Amount()
    /// Entries that both have, and their bytes in the second tree.
    package private(set) var changed = Amount()
    /// The bytes that changed entries have in the first tree.
    package private(set) var changedBytesBefore: Int64 = 0

    /// A number of entries.
    package struct Amount: Sendable, Equatable {
        package fileprivate(set) var entries = 0
        package fileprivate(set) var bytes: Int64 = 0
    }

    /// Nothing differs.
    package init() {}

    /// Whether nothing differs.
    package var isEmpty: Bool { self == DifferenceTotals() }

    /// Counts a difference.
    package mutating func add(_ difference: TreeDifference) {
        switch difference.kind {
        case .added: Self.add(difference.after, to: &added)
        case .removed: Self.add(difference.before, to: &removed)
        case .changed:
            let isOther = difference.aspects.contains { [.type, .content, .size].contains($0) }
            Self.add(isOther ? difference.after : nil, to: &changed)
            if isOther { changedBytesBefore = Self.sum(changedBytesBefore, difference.before) }
        }
    }

    private static func add(_ entry: CatalogEntry?, to amount: inout Amount) {
        amount.entries += 1
        amount.bytes = sum(amount.bytes, entry)
    }

    private static func sum(_ bytes: Int64, _ entry: CatalogEntry?) -> Int64 {
        guard let entry, entry.type == .regular, entry.size > 0 else { return bytes }
        let (sum, isOverflow) = bytes.addingReportingOverflow(entry.size)
        return isOverflow ? .max : sum
    }
}
