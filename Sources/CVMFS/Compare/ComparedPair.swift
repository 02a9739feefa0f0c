import Plumbing

/// The entries of one path in two trees, of which one may not be there.
struct ComparedPair {
    /// Where it is, seen from the roots of both trees.
    let path: BytePath
    var old: ComparedEntry?
    var new: ComparedEntry?

    /// What differs; nil where nothing does.
    func difference() throws -> TreeDifference? {
        var aspects: [EntryAspect] = []
        if let old, let new {
            aspects = try old.aspects(against: new)
            if aspects.isEmpty { return nil }
        }
        return TreeDifference(path: path, before: old?.row, after: new?.row, aspects: aspects)
    }

    /// The same without entries that show another revision: nothing of theirs lies in this one.
    var own: ComparedPair {
        func own(_ entry: ComparedEntry?) -> ComparedEntry? {
            entry.flatMap { $0.row.flags.contains(.bindMountpoint) ? nil : $0 }
        }
        return ComparedPair(path: path, old: own(old), new: own(new))
    }
}
