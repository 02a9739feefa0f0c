import OCI
import Plumbing

/// The bytes of a layer as they come, counted, hashed, and never more than the image names, where there is one.
final class CompressedInput {
    private let expecting: LayerExpectation?
    let algorithm: Digest.Algorithm
    private let source: () throws -> [UInt8]?
    private let hash: MessageDigest
    private var isAtEnd = false
    /// How many bytes came so far.
    private(set) var count: Int64 = 0

    init(expecting: LayerExpectation?, _ source: @escaping () throws -> [UInt8]?) throws {
        self.expecting = expecting
        self.source = source
        algorithm = expecting?.digest.algorithm ?? .sha256
        hash = try MessageDigest(algorithm.function)
    }

    /// The next bytes, nil at the end.
    func read() throws -> [UInt8]? {
        if isAtEnd { return nil }
        guard let bytes = try source() else {
            isAtEnd = true
            return nil
        }
        count += Int64(bytes.count)
        if let expected = expecting?.size, count > expected { throw LayerError(.tooLong(expected: expected)) }
        hash.update(bytes)
        return bytes
    }

    /// Reads what is left and throws where size or digest are not the expected ones; gives the digest. To be called once.
    @discardableResult
    func verify() throws -> Digest {
        while try read() != nil {}
        let actual = try Digest(algorithm, hash: hash.finish())
        guard let expecting else { return actual }
        guard count == expecting.size else {
            throw LayerError(.wrongSize(expected: expecting.size, actual: count))
        }
        guard actual == expecting.digest else {
            throw LayerError(.wrongDigest(expected: expecting.digest, actual: actual))
        }
        return actual
    }
}
