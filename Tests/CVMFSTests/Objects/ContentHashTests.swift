import CVMFS
import Plumbing
import Testing

/// The numbers of docs/cvmfs-format.md §13.2.
@Suite struct ContentHashTests {
    private static let emptyStream: [UInt8] = [0x78, 0x9c, 3, 0, 0, 0, 0, 1]
    private static let hello: [UInt8] = Array("hello world\n".utf8)
    private static let helloStream = Hex.decode("789ccb48cdc9c95728cf2fca49e102001e720467") ?? []

    @Test(
        arguments: [
            (emptyStream, HashAlgorithm.sha1, ObjectKind.file, "data/e8/ec3d88b62ebf526e4e5a4ff6162a3aa48a6b78"),
            (emptyStream, .ripemd160, .file, "data/fc/db20b894f31f1306d56294c049ca7293dde0fc-rmd160"),
            (emptyStream, .shake128, .file, "data/28/d94b83b7229b331fc601362b8e272e02665122-shake128"),
            (emptyStream, .shake128, .catalog, "data/28/d94b83b7229b331fc601362b8e272e02665122-shake128C"),
            ([], .sha1, .file, "data/da/39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ([], .shake128, .file, "data/7f/9c2ba4e88f827d616045507605853ed73b8093-shake128"),
            (helloStream, .sha1, .file, "data/ff/049c626904064d641feca0e9936e5b211807c6"),
            (helloStream, .sha1, .chunk, "data/ff/049c626904064d641feca0e9936e5b211807c6P"),
            (hello, .sha1, .file, "data/22/596363b3de40b06f981fb85d82312e8c0ed511"),
        ]
    )
    func objectsAreNamedByTheirStoredBytes(
        bytes: [UInt8],
        algorithm: HashAlgorithm,
        kind: ObjectKind,
        path: String
    ) throws {
        #expect(try ContentHash(algorithm, of: bytes).objectPath(kind) == path)
    }

    @Test func textTellsTheAlgorithm() throws {
        let hex = "28d94b83b7229b331fc601362b8e272e02665122"
        for algorithm in HashAlgorithm.allCases {
            let hash = try #require(ContentHash(hex + algorithm.suffix))
            #expect(hash.algorithm == algorithm)
            #expect(Hex.encode(hash.digest) == hex)
            #expect(hash.description == hex + algorithm.suffix)
        }
    }

    @Test(
        arguments: [
            "", "28d94b83b7229b331fc601362b8e272e0266512", "28d94b83b7229b331fc601362b8e272e026651222",
            "28D94B83B7229B331FC601362B8E272E02665122", "28d94b83b7229b331fc601362b8e272e02665122C",
            "28d94b83b7229b331fc601362b8e272e02665122-md5", "28d94b83b7229b331fc601362b8e272e02665122-SHAKE128",
            "28d94b83b7229b331fc601362b8e272e0266512é", "d41d8cd98f00b204e9800998ecf8427e",
        ]
    )
    func otherTextsAreNone(text: String) {
        #expect(ContentHash(text) == nil)
    }

    @Test func everyAlgorithmHasItsFlag() {
        #expect(HashAlgorithm.allCases.map(\.rawValue) == [0, 1, 2])
        #expect(HashAlgorithm.allCases.map { EntryFlags.algorithm($0).rawValue } == [0, 256, 512])
    }

    @Test func digestOfAnotherLengthIsNone() {
        #expect(ContentHash(algorithm: .sha1, digest: [UInt8](repeating: 0, count: 16)) == nil)
    }
}
