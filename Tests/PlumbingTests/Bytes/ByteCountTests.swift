import Plumbing
import Testing

/// Numbers of bytes as people type them.
@Suite struct ByteCountTests {
    @Test(
        arguments: [
            ("4096", 4096), ("64K", 64 << 10), ("512m", 512 << 20), ("128G", 128 << 30), ("1T", 1 << 40), ("7b", 7),
            ("500GB", 500_000_000_000), ("1 kB", 1000), ("2KiB", 2048), ("3 mib", 3 << 20),
        ] as [(String, Int64)]
    )
    func isRead(text: String, bytes: Int64) {
        #expect(ByteCount.parse(text) == bytes)
    }

    @Test(arguments: ["", "0", "-1", "G", "1.5G", "1P", "1GG", "1 i", "1iB", "9999999T", "9223372036854775808", "1GBB"])
    func isNone(text: String) {
        #expect(ByteCount.parse(text) == nil)
    }
}
