import Plumbing

/// The entries of two directories side by side, by name.
struct ComparedLevel {
    private let path: BytePath
    private let old: ComparedDirectory
    private let new: ComparedDirectory
    private var oldIndex = 0
    private var newIndex = 0

    /// What lies in the directories of a pair, nil where that is the same or nothing. What is no directory has nothing in
    /// it.
    init?(in pair: ComparedPair) throws {
        let isDirectory = [pair.old, pair.new].map { $0?.row.isDirectory == true }
        guard isDirectory.contains(true) else { return nil }
        if let old = pair.old, let new = pair.new, !isDirectory.contains(false), try old.isInSameCatalog(as: new) {
            return nil
        }
        path = pair.path
        old = try ComparedDirectory(of: pair.old)
        new = try ComparedDirectory(of: pair.new)
    }

    /// The entries of the next name, nil behind the last one.
    mutating func next() throws -> ComparedPair? {
        guard let name = Self.first(old.name(oldIndex), new.name(newIndex)) else { return nil }
        var pair = ComparedPair(path: path.appending(name))
        if old.name(oldIndex) == name {
            pair.old = try old.entry(oldIndex)
            oldIndex += 1
        }
        if new.name(newIndex) == name {
            pair.new = try new.entry(newIndex)
            newIndex += 1
        }
        return pair
    }

    private static func first(_ left: [UInt8]?, _ right: [UInt8]?) -> [UInt8]? {
        guard let left, let right else { return left ?? right }
        return right.lexicographicallyPrecedes(left) ? right : left
    }
}
