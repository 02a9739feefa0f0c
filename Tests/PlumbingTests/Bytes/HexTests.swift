import Plumbing
import Testing

@Suite("Hexadecimal text")
struct HexTests {
    @Test func roundTrip() {
        let bytes = (0...255).map(UInt8.init)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }

    @Test("upper case, odd length and other characters are refused", arguments: ["AB", "abc", "0g", "é0", "0x", " 0"])
    func refused(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
