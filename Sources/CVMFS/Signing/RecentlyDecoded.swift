import Synchronization

/// Keys and certificates that were decoded of late, by their bytes: libcrypto takes a third of a millisecond for one, and each
/// look at a repository takes the same few.
final class RecentlyDecoded<Value: Sendable>: Sendable {
    /// The last one asked for comes last.
    private let values = Mutex<[(bytes: [UInt8], value: Value)]>([])
    private static var most: Int { 16 }

    /// What these bytes were decoded to, or else are by `decode`. Throws what that throws.
    func value(of bytes: [UInt8], _ decode: () throws -> Value) rethrows -> Value {
        let known = values.withLock { values -> Value? in
            guard let index = values.firstIndex(where: { $0.bytes == bytes }) else { return nil }
            let entry = values.remove(at: index)
            values.append(entry)
            return entry.value
        }
        if let known { return known }
        let value = try decode()
        values.withLock { values in
            values.append((bytes, value))
            if values.count > Self.most { values.removeFirst() }
        }
        return value
    }
}
