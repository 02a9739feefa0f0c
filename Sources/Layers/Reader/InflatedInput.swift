import OCI
import Plumbing

/// The tar stream of a layer: inflated piece by piece, counted, hashed and kept within the limits.
final class InflatedInput {
    private let compressed: CompressedInput
    private let inflater: StreamInflater
    private let limits: LayerLimits
    private let algorithm: Digest.Algorithm
    private let expectedDiffID: Digest?
    /// Nil where the stream is not compressed and the digest of what comes in tells.
    private var hash: MessageDigest?
    /// How many bytes came out so far.
    private(set) var count: Int64 = 0
    private var holes: Int64 = 0

    init(expecting: LayerExpectation?, limits: LayerLimits, _ source: @escaping () throws -> [UInt8]?) throws {
        let compressed = try CompressedInput(expecting: expecting, source)
        self.compressed = compressed
        self.limits = limits
        inflater = StreamInflater { try compressed.read() }
        expectedDiffID = expecting?.diffID
        algorithm = expecting?.diffID?.algorithm ?? .sha256
        hash = try MessageDigest(algorithm.function)
    }

    /// The next piece, nil at the end; valid until the next call.
    func read() throws -> UnsafeRawBufferPointer? {
        let piece: UnsafeRawBufferPointer?
        do {
            piece = try inflater.read()
        } catch let error as CodecError {
            throw LayerError(.malformed(error.description))
        }
        guard let piece else { return nil }
        // A second hash of the same bytes by the same function would say the same.
        if count == 0, inflater.format == .plain, algorithm == compressed.algorithm { hash = nil }
        count += Int64(piece.count)
        try checkLimits()
        hash?.update(piece)
        return piece
    }

    /// Counts bytes that a sparse file adds to what the stream holds.
    func addHole(_ size: Int64) throws {
        // Half the range, so that the sum with `count` cannot overflow whatever a header declares.
        holes = min(holes, .max / 4) + min(size, .max / 4)
        try checkLimits()
    }

    private func checkLimits() throws {
        let size = count + holes
        guard size <= limits.inflatedSize else {
            throw LayerError(.overLimit(.inflatedSize, limit: limits.inflatedSize))
        }
        let ratio = max(limits.inflationRatio, 1)
        guard size <= limits.inflationRatioFloor || size / ratio <= compressed.count else {
            throw LayerError(.overLimit(.inflationRatio, limit: limits.inflationRatio))
        }
    }

    /// Compares size, digest and diff id once everything was read; gives what the summary says of them.
    func verify() throws -> (digest: Digest, diffID: Digest, compressedSize: Int64) {
        let digest = try compressed.verify()
        let actual = try hash.map { try Digest(algorithm, hash: $0.finish()) } ?? digest
        if let expected = expectedDiffID, actual != expected {
            throw LayerError(.wrongDiffID(expected: expected, actual: actual))
        }
        return (digest, actual, compressed.count)
    }

    /// The better error where a stream is damaged: that these are not the image's bytes at all, if so.
    func explain(_ error: LayerError) -> any Error {
        guard case .malformed = error.reason else { return error }
        do {
            try compressed.verify()
            return error
        } catch {
            return error
        }
    }
}
