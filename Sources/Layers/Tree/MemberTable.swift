import Plumbing

/// The names of a layer: which file each is bound to, and which of them the layer deletes.
///
/// A hash table of positions over a flat list, some 35 bytes for each name.
struct MemberTable: Sendable {
    typealias ID = Int

    /// A name in a directory.
    struct Member {
        /// The inode of the directory.
        let directory: UInt32
        let name: ByteTable.Reference
        /// The file; nil where the name is only deleted.
        fileprivate(set) var inode: UInt32?
        /// Whether the layers below lose the name.
        fileprivate(set) var isDeleted = false

        /// Whether anything is said of the name.
        var isInUse: Bool { inode != nil || isDeleted }
    }

    private var members = Segments<Member>()
    private var names = ByteTable()
    /// Positions of members, plus one; 0 for a free slot.
    private var slots = [UInt32](repeating: 0, count: 64)

    /// How many names were ever told, which are the positions.
    var count: Int { members.count }

    /// A name by its position.
    subscript(position: ID) -> Member { members[position] }

    /// The bytes of a name.
    func name(_ member: Member) -> ArraySlice<UInt8> { names[member.name] }

    /// The file of a name, nil where it has none.
    func inode(_ key: MemberKey) -> Int? {
        find(key).member.flatMap { members[$0].inode }.map(Int.init)
    }

    /// Whether the layer deletes a name from those below it.
    func isDeleted(_ key: MemberKey) -> Bool {
        find(key).member.map { members[$0].isDeleted } ?? false
    }

    /// Goes through the names of files.
    func forEach(_ body: (MemberKey, _ inode: Int) throws -> Void) rethrows {
        for member in members {
            guard let inode = member.inode else { continue }
            try body(MemberKey(directory: Int(member.directory), name: Array(name(member))), Int(inode))
        }
    }

    /// Gives a name to a file.
    mutating func bind(_ key: MemberKey, to inode: Int) {
        let member = member(key)
        members[member].inode = UInt32(inode)
    }

    /// Deletes a name.
    mutating func delete(_ key: MemberKey) {
        let member = member(key)
        members[member].isDeleted = true
    }

    /// Takes a name from its file.
    mutating func unbind(_ key: MemberKey) {
        if let member = find(key).member { members[member].inode = nil }
    }

    /// Takes the deletion of a name back.
    mutating func keep(_ member: ID) {
        members[member].isDeleted = false
    }

    /// The position of a name, which is added where it is missing.
    private mutating func member(_ key: MemberKey) -> ID {
        let found = find(key)
        if let member = found.member { return member }
        let name = names.add(key.name)
        let member = members.append(Member(directory: UInt32(key.directory), name: name))
        slots[found.slot] = UInt32(member + 1)
        if members.count * 4 > slots.count * 3 { grow() }
        return member
    }

    /// The position of a name, and its slot or the one that it would get.
    private func find(_ key: MemberKey) -> (member: ID?, slot: Int) {
        var slot = slot(key.directory, key.name[...])
        while slots[slot] != 0 {
            let member = members[Int(slots[slot]) - 1]
            if Int(member.directory) == key.directory, names[member.name].elementsEqual(key.name) {
                return (Int(slots[slot]) - 1, slot)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return (nil, slot)
    }

    private func slot(_ directory: Int, _ name: ArraySlice<UInt8>) -> Int {
        // Keyed by the process: names from outside cannot be made to fall into one slot.
        var hasher = Hasher()
        hasher.combine(directory)
        name.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize() & (slots.count - 1)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (position, member) in members.enumerated() {
            var slot = slot(Int(member.directory), names[member.name])
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(position + 1)
        }
    }
}
