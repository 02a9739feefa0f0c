import Plumbing
import Testing

@Suite("Printable text")
struct PrintableTests {
    @Test(arguments: [
        ("plain é 漢", "plain é 漢"),
        ("line\nbreak\u{1b}[31m", "line\\x0abreak\\x1b[31m"),
        ("left\u{202e}thgir", "left\\xe2\\x80\\xaethgir"),
    ])
    func text(input: String, expected: String) {
        #expect(Printable.text(input) == expected)
    }

    @Test func cut() {
        #expect(Printable.text("abcdef", limit: 3) == "abc…")
    }
}
