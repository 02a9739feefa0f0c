import Plumbing
import Testing

@Suite("Printable text")
struct PrintableTests {
    @Test(arguments: [
        ("plain é 漢", "plain é 漢"),
        ("line\nbreak\u{1b}[31m", "line\\x0abreak\\x1b[31m"),
        ("c1\u{9b}31m\u{7f}", "c1\\xc2\\x9b31m\\x7f"), ("zero\u{200b}\u{2066}", "zero\\xe2\\x80\\x8b\\xe2\\x81\\xa6"),
        ("left\u{202e}thgir", "left\\xe2\\x80\\xaethgir"),
    ])
    func text(input: String, expected: String) {
        #expect(Printable.text(input) == expected)
    }

    @Test func lines() {
        #expect(Printable.lines("a\u{1b}\n\nb\r\n") == "a\\x1b\n\nb\\x0d\n")
    }

    @Test func cut() {
        #expect(Printable.text("abcdef", limit: 3) == "abc…")
    }
}
