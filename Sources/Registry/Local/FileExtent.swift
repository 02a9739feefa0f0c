import OCI
import Plumbing

/// A part of a file: a member of an archive, or a whole file of a folder.
struct FileExtent: Sendable {
    let file: LocalFile
    let offset: Int64
    let size: Int64

    /// Bytes that are read at once.
    private static let step: Int64 = 1 << 20

    /// A whole file.
    init(_ file: LocalFile) {
        self.init(file, offset: 0, size: file.size)
    }

    init(_ file: LocalFile, offset: Int64, size: Int64) {
        self.file = file
        self.offset = offset
        self.size = size
    }

    /// The whole, of at most `limit` bytes. Blocks.
    func bytes(limit: Int, _ what: String) throws -> [UInt8] {
        guard size <= limit else {
            throw LocalFault(.tooLarge, "\(what) is larger than the \(limit >> 20) MiB that this program takes")
        }
        return try file.read(at: offset, count: Int(size))
    }

    /// The first bytes, fewer where there are not more. Blocks.
    func prefix(_ count: Int) throws -> [UInt8] {
        try file.read(at: offset, count: Int(min(size, Int64(count))))
    }

    /// The digest of the bytes. Reads all of them; blocks.
    func digest(_ algorithm: Digest.Algorithm) throws -> Digest {
        let digest = try MessageDigest(algorithm.function)
        var position: Int64 = 0
        while let part = try part(at: position) {
            digest.update(part)
            position += Int64(part.count)
        }
        return try Digest(algorithm, hash: digest.finish())
    }

    /// The bytes from `position` on, at most 1 MiB; nil at the end. Blocks.
    func part(at position: Int64) throws -> [UInt8]? {
        guard position < size else { return nil }
        return try file.read(at: offset + position, count: Int(min(Self.step, size - position)))
    }
}
