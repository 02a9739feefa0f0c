/// The identity of an object in few bytes: a check remembers every object of a repository.
struct ObjectKey: Hashable {
    private let hash: ContentHash
    private let kind: UInt8

    init(_ hash: ContentHash, _ kind: ObjectKind) {
        self.hash = hash
        self.kind = Self.number(kind)
    }

    private static func number(_ kind: ObjectKind) -> UInt8 {
        switch kind {
        case .file: 0
        case .chunk: 1
        case .catalog: 2
        case .history: 3
        case .certificate: 4
        case .metainfo: 5
        }
    }
}
