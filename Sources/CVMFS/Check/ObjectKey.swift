/// The identity of an object in few bytes: a check remembers every object of a repository.
struct ObjectKey: Hashable {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt32
    private let form: UInt8

    init(_ hash: ContentHash, _ kind: ObjectKind) {
        (first, second, third) = hash.digest.withUnsafeBytes {
            (
                $0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                $0.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
            )
        }
        form = UInt8(hash.algorithm.rawValue) << 5 | Self.number(kind)
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
