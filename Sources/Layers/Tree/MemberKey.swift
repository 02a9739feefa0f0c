/// A name in a directory.
struct MemberKey: Hashable {
    let directory: Int
    let name: [UInt8]

    /// Byte by byte hashing, which arrays do, takes several times as long.
    func hash(into hasher: inout Hasher) {
        hasher.combine(directory)
        name.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
