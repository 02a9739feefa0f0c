import CVMFS
import Plumbing

/// The parts of the object.
extension DifferenceListing {
    static func object(_ side: Side) -> JSONValue {
        .object([
            "path": .string(side.path.description),
            "revision": .integer(Int64(clamping: side.revision.number)),
            "root_hash": .string(side.revision.root.hash.description),
        ])
    }

    func object(_ difference: TreeDifference) -> JSONValue {
        func side(_ entry: CatalogEntry?) -> JSONValue {
            guard let entry else { return .null }
            var members = EntryListing.members(entry, "")
            members["path"] = nil
            return .object(members)
        }
        return .object([
            "path": .string(shown(difference.path)),
            "change": .string(difference.kind.rawValue),
            "aspects": .array(difference.aspects.map { .string($0.rawValue) }),
            "before": side(difference.before),
            "after": side(difference.after),
        ])
    }

    var summaryObject: JSONValue {
        func members(_ amount: DifferenceTotals.Amount) -> [String: JSONValue] {
            ["entries": .integer(Int64(amount.entries)), "bytes": .integer(amount.bytes)]
        }
        var changed = members(totals.changed)
        changed["bytes_before"] = .integer(totals.changedBytesBefore)
        return .object([
            "added": .object(members(totals.added)), "removed": .object(members(totals.removed)),
            "changed": .object(changed),
        ])
    }
}
