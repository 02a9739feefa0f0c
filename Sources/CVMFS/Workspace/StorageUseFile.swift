package import Foundation
import Glibc
import SystemPackage

/// The file in a workspace that knows how many bytes a storage takes: counted once in a while, and kept up to date by whoever
/// stores or removes objects. Millions of files need not be looked at each time.
package struct StorageUseFile: Sendable {
    private let place: FilePlace

    /// The file at a place; it need not exist.
    package init(_ place: FilePlace) {
        self.place = place
    }

    /// What is known; nil where nobody has counted yet. Throws ``CVMFSError``. Blocks.
    package func read() throws -> StorageUse? { try place.text().flatMap(Self.parse) }

    /// Counts bytes that were stored, or with a negative number removed; where nobody has counted the storage, nothing is done.
    /// Throws ``CVMFSError``. Blocks.
    func add(_ bytes: Int64) throws {
        guard bytes != 0, place.status() != nil else { return }
        try locked { file in
            guard let known = try place.text().flatMap(Self.parse) else { return }
            try write(StorageUse(bytes: max(0, known.bytes + bytes), measured: known.measured), file)
        }
    }

    /// What is known, counted with `count` where nobody did since `limit`. Nil where `count` gives nothing. Others that ask at
    /// the same time wait for the result. Throws ``CVMFSError`` and what `count` throws. Blocks.
    package func read(measuredAfter limit: Date, now: Date, _ count: () throws -> Int64?) throws -> StorageUse? {
        if let known = try read(), known.measured >= limit { return known }
        return try locked { file in
            if let known = try read(), known.measured >= limit { return known }
            guard let bytes = try count() else { return nil }
            let use = StorageUse(
                bytes: bytes,
                measured: Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
            )
            try write(use, file)
            return use
        }
    }

    /// The lock ends with the descriptor.
    private func locked<Value>(_ body: (Int32) throws -> Value) throws -> Value {
        let file = place.open(O_RDWR | O_CREAT | O_NONBLOCK)
        guard file >= 0 else { throw SystemCall.error("open", place.path.string) }
        defer { close(file) }
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else { throw SystemCall.error("lock", place.path.string) }
        }
        defer { flock(file, LOCK_UN) }
        return try body(file)
    }

    /// What a crash leaves of it cannot be read, and the storage is counted again.
    private func write(_ use: StorageUse, _ file: Int32) throws {
        let text = Array("\(use.bytes) \(Int64(use.measured.timeIntervalSince1970))\n".utf8)
        guard ftruncate(file, 0) == 0, lseek(file, 0, SEEK_SET) == 0 else {
            throw SystemCall.error("write", place.path.string)
        }
        try text.withUnsafeBytes { try SystemCall.write($0, to: file, place.path.string) }
    }

    private static func parse(_ text: String) -> StorageUse? {
        guard text.hasSuffix("\n") else { return nil }
        let numbers = text.dropLast().split(separator: " ").map { Int64($0) }
        guard numbers.count == 2, let bytes = numbers[0], let time = numbers[1], bytes >= 0 else { return nil }
        return StorageUse(bytes: bytes, measured: Date(timeIntervalSince1970: TimeInterval(time)))
    }
}
