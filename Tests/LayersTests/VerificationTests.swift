import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Verifying a layer")
struct VerificationTests {
    static let tar = TarBuilder.archive { tar in
        tar.directory("etc/")
        tar.file("etc/hosts", "127.0.0.1 localhost\n")
    }

    func reason(_ stream: [UInt8], _ expectation: LayerExpectation) -> LayerError.Reason? {
        #expect(throws: LayerError.self) { try ReadLayer(stream, expecting: expectation) }?.reason
    }

    @Test("names both digests where they differ")
    func wrongDigest() throws {
        let right = try Digest.sha256(of: Self.tar)
        let wrong = try Digest.sha256(of: [1])
        let expectation = LayerExpectation(digest: wrong, size: Int64(Self.tar.count), diffID: nil)
        #expect(reason(Self.tar, expectation) == .wrongDigest(expected: wrong, actual: right))
        let message = LayerError(.wrongDigest(expected: wrong, actual: right)).description
        #expect(message.contains(wrong.description) && message.contains(right.description))
    }

    @Test("names both sizes where fewer bytes came, and stops at the first byte too many")
    func wrongSize() throws {
        let digest = try Digest.sha256(of: Self.tar)
        let size = Int64(Self.tar.count)
        let more = LayerExpectation(digest: digest, size: size + 1, diffID: nil)
        #expect(reason(Self.tar, more) == .wrongSize(expected: size + 1, actual: size))
        for fewer in [0, 1, 100, size - 1] {
            let expectation = LayerExpectation(digest: digest, size: fewer, diffID: nil)
            #expect(reason(Self.tar, expectation) == .tooLong(expected: fewer))
        }
    }

    @Test("names both diff ids where they differ")
    func wrongDiffID() async throws {
        let stream = try await ExternalTool.run("gzip", ["-nc"], input: Self.tar)
        let right = try Digest.sha256(of: Self.tar)
        let wrong = try Digest.sha256(of: stream)
        let expectation = try ReadLayer.expectation(stream, diffID: wrong)
        #expect(reason(stream, expectation) == .wrongDiffID(expected: wrong, actual: right))
    }

    @Test("says of damaged bytes that they are not the image's, where they are not")
    func damage() async throws {
        let stream = try await ExternalTool.run("gzip", ["-nc"], input: Self.tar)
        var damaged = stream
        damaged[stream.count / 2] ^= 0xff
        let actual = try Digest.sha256(of: damaged)
        let expectation = try ReadLayer.expectation(stream)
        #expect(reason(damaged, expectation) == .wrongDigest(expected: expectation.digest, actual: actual))
        guard case .malformed = reason(damaged, try ReadLayer.expectation(damaged)) else {
            Issue.record("the image names these bytes, so that they are damaged is all there is to say")
            return
        }
    }

    @Test("hashes what follows the end blocks")
    func padding() async throws {
        // GNU tar fills its last record of 10,240 bytes.
        let padded = Self.tar + [UInt8](repeating: 0, count: 10_240)
        let stream = try await ExternalTool.run("gzip", ["-nc"], input: padded)
        let diffID = try Digest.sha256(of: padded)
        let layer = try ReadLayer(stream, expecting: try ReadLayer.expectation(stream, diffID: diffID))
        #expect(layer.summary.uncompressedSize == Int64(padded.count))
        #expect(layer.summary.notes.warnings.isEmpty)
        let short = try ReadLayer.expectation(stream, diffID: try Digest.sha256(of: Self.tar))
        #expect(throws: LayerError.self) { try ReadLayer(stream, expecting: short) }
    }

    @Test("warns of bytes behind the end blocks and reads none of them as members")
    func trailingBytes() throws {
        let second = TarBuilder.archive { $0.file("hidden", "x") }
        let layer = try ReadLayer(Self.tar + second)
        #expect(layer.paths == ["etc", "etc/hosts"])
        #expect(layer.summary.notes.warnings[.trailingBytes]?.count == 1)
    }

    @Test("refuses members behind a single block of zeros, where readers disagree")
    func loneZeroBlock() throws {
        var tar = TarBuilder()
        tar.file("a", "x")
        tar.raw([UInt8](repeating: 0, count: 512))
        tar.file("b", "x")
        expectRefused("a single block of zeros", tar.bytes)
        let layer = try ReadLayer(Array(tar.bytes[..<(3 * 512)]))
        #expect(layer.paths == ["a"])
        #expect(layer.summary.notes.warnings.isEmpty)
    }

    @Test("accepts an archive without end blocks when its digests are right")
    func noEndBlocks() throws {
        let bare = TarBuilder.archive(endBlocks: 0) { $0.file("a", "x") }
        #expect(try ReadLayer(bare).paths == ["a"])
        let expectation = try ReadLayer.expectation(bare, diffID: .sha256(of: bare))
        #expect(try ReadLayer(bare, expecting: expectation).paths == ["a"])
    }

    @Test("accepts an empty layer when its digests are right", arguments: [0, 512, 1024, 10_240])
    func empty(size: Int) async throws {
        let tar = [UInt8](repeating: 0, count: size)
        let diffID = try Digest.sha256(of: tar)
        for stream in [tar, try await ExternalTool.run("gzip", ["-nc"], input: tar)] {
            let layer = try ReadLayer(stream, expecting: try ReadLayer.expectation(stream, diffID: diffID))
            #expect(layer.entries.isEmpty)
            #expect(layer.summary.uncompressedSize == Int64(size))
            let wrong = try ReadLayer.expectation(stream, diffID: try Digest.sha256(of: [1]))
            #expect(throws: LayerError.self) { try ReadLayer(stream, expecting: wrong) }
        }
    }

    @Test("refuses what is no archive at all")
    func noArchive() async throws {
        for text in ["x", "<html>not found</html>", String(repeating: "not a tar archive ", count: 1000)] {
            expectRefused("not a tar archive", Array(text.utf8))
            expectRefused("not a tar archive", try await ExternalTool.run("gzip", ["-nc"], input: Array(text.utf8)))
        }
    }

    @Test("refuses garbage behind the compressed stream")
    func garbage() async throws {
        let stream = try await ExternalTool.run("gzip", ["-nc"], input: Self.tar)
        expectRefused("not another member", stream + Array("garbage".utf8))
        #expect(try ReadLayer(stream + [0, 0, 0]).entries.count == 2)
    }
}
