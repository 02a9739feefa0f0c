import OCI
import Plumbing

/// The bytes of a layer as they come, counted, hashed, and never more than the image names.
final class CompressedInput {
    private let expecting: LayerExpectation
    private let source: () throws -> [UInt8]?
    private let hash: MessageDigest
    private var isAtEnd = false
    /// How many bytes came so far.
    private(set) var count: Int64 = 0

    init(expecting: LayerExpectation, _ source: @escaping () throws -> [UInt8]?) throws {
        self.expecting = expecting
        self.source = source
        hash = try MessageDigest(expecting.digest.algorithm.function)
    }

    /// The next bytes, nil at the end.
    func read() throws -> [UInt8]? {
        if isAtEnd { return nil }
        guard let bytes = try source() else {
            isAtEnd = true
            return nil
        }
        count += Int64(bytes.count)
        guard count <= expecting.size else { throw LayerError(.tooLong(expected: expecting.size)) }
        hash.update(bytes)
        return bytes
    }

    /// Reads what is left and throws where size or digest are not the expected ones. To be called once.
    func verify() throws {
        while try read() != nil {}
        guard count == expecting.size else {
            throw LayerError(.wrongSize(expected: expecting.size, actual: count))
        }
        let actual = try Digest(expecting.digest.algorithm, hash: hash.finish())
        guard actual == expecting.digest else {
            throw LayerError(.wrongDigest(expected: expecting.digest, actual: actual))
        }
    }
}
