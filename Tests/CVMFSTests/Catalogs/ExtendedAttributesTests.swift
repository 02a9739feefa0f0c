import CVMFS
import Plumbing
import Testing

/// The encoding of docs/cvmfs-format.md §3.9 with the numbers of §13.3.
@Suite struct ExtendedAttributesTests {
    private static func encoding(_ pairs: [(name: [UInt8], value: [UInt8])]) throws -> ExtendedAttributes {
        try ExtendedAttributes(pairs.map { ExtendedAttribute(name: $0.name, value: $0.value) })
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func workedExamples() throws {
        let one = try Self.encoding([(bytes("user.foo"), bytes("bar"))])
        #expect(one.blob.map(Hex.encode) == "01010803757365722e666f6f626172")
        let capability = try #require(Hex.decode("0100000200200000000000000000000000000000"))
        let two = try Self.encoding([(bytes("user.a"), []), (bytes("security.capability"), capability)])
        #expect(
            two.blob.map(Hex.encode)
                == "0102131473656375726974792e6361706162696c69747901000002002000000000000000000000000000000600757365722e61"
        )
    }

    @Test func blobsReadBackEqual() throws {
        let longest = [UInt8](repeating: 7, count: 255)
        let attributes = try Self.encoding([(longest, longest), (bytes("b"), [0, 255]), (bytes("a"), [])])
        #expect(try ExtendedAttributes(blob: #require(attributes.blob)) == attributes)
        #expect(attributes.attributes.map(\.name) == [longest, bytes("a"), bytes("b")])
    }

    /// What CVMFS 2.14 writes where a value is longer than 255 bytes.
    @Test func theFormOfLongValuesIsRead() throws {
        let long = [UInt8](repeating: 7, count: 300)
        let blob = [2, 2, 6, 0x2c, 1] + bytes("user.a") + long + [6, 0, 0] + bytes("user.b")
        let attributes = try #require(ExtendedAttributes(blob: blob)).attributes
        #expect(attributes.map(\.name) == [bytes("user.a"), bytes("user.b")])
        #expect(attributes.map(\.value) == [long, []])
        #expect(ExtendedAttributes(blob: blob.dropLast()) == nil)
    }

    @Test func noAttributesAreNoBlob() throws {
        #expect(try ExtendedAttributes([]).blob == nil)
    }

    @Test func whatTheEightBitLengthsCannotHoldIsRefused() {
        let tooLong = [UInt8](repeating: 97, count: 256)
        let many = (0..<256).map { (name: bytes("user.\($0)"), value: [UInt8]()) }
        #expect(throws: CVMFSError.self) { try Self.encoding([(tooLong, [])]) }
        #expect(throws: CVMFSError.self) { try Self.encoding([(bytes("a"), tooLong)]) }
        #expect(throws: CVMFSError.self) { try Self.encoding([([], [1])]) }
        #expect(throws: CVMFSError.self) { try Self.encoding([([97, 0, 98], [])]) }
        #expect(throws: CVMFSError.self) { try Self.encoding(many) }
    }

    @Test(
        arguments: [
            "", "01", "0201036100", "0301010061", "01010001ff", "010102006100", "0101", "010101", "01010201",
            "0101010161", "010100006162", "01010101616200",
        ]
    )
    func damagedBlobsAreNone(hex: String) throws {
        #expect(try ExtendedAttributes(blob: #require(Hex.decode(hex))) == nil)
    }
}
