import Synchronization

/// A writer that knows how many bytes of new objects went through it.
final class CountedWriter: ObjectWriter {
    private let base: any ObjectWriter
    private let stored = Atomic<Int64>(0)

    init(_ base: any ObjectWriter) {
        self.base = base
    }

    /// Bytes of new objects so far.
    var storedBytes: Int64 { stored.load(ordering: .relaxed) }

    func write(
        _ bytes: [UInt8],
        as hash: ContentHash,
        _ kind: ObjectKind,
        completion: @escaping @Sendable (Result<Bool, any Error>) -> Void
    ) {
        let count = Int64(bytes.count)
        base.write(bytes, as: hash, kind) { [self] result in
            if case .success(true) = result { stored.add(count, ordering: .relaxed) }
            completion(result)
        }
    }

    func drain() { base.drain() }

    func remove(_ hash: ContentHash, _ kind: ObjectKind) throws { try base.remove(hash, kind) }
}
