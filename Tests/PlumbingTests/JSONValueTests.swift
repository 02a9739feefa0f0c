import Foundation
import Plumbing
import TestSupport
import Testing

@Suite struct JSONValueTests {
    @Test(
        arguments: [
            ("null", .null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .integer(0)), ("-0", .integer(0)),
            ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)),
            ("9223372036854775808", .number(9223372036854775808)),
            ("15e-1", .number(1.5)), ("1E-2", .number(0.01)), ("[]", .array([])), ("{}", .object([:])),
            ("[1,[2],{\"a\":[]}]", .array([.integer(1), .array([.integer(2)]), .object(["a": .array([])])])),
            (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#, .string("a\"\\/\u{8}\u{C}\n\r\té😀é")), (#""""#, .string("")),
        ] as [(String, JSONValue)]
    )
    func reads(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)) == value)
        #expect(try JSONValue(parsing: JSONDocument.encode(value)) == value)
    }

    @Test(
        arguments: [
            "", " ", "nul", "True", "01", "-", "1.", ".5", "+1", "1e", "0x1", "[1,]", "[1 2]", "[", "{",
            "{\"a\"}",
            "{\"a\":}", "{\"a\":1,}", "{a:1}", "\"", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"",
            "\"\n\"", "\"\\", "1 1", "[]]", "NaN", "\u{FEFF}1",
        ]
    )
    func refuses(text: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
        #expect(error?.description.contains(" at byte ") == true)
    }

    /// As Go's `encoding/json`: U+FFFD for each byte that is no part of a sign, and for half a surrogate pair.
    @Test(
        arguments: [
            ([0xC3], "\u{FFFD}"), ([0xE2, 0x82], "\u{FFFD}\u{FFFD}"), ([0x61, 0xFF, 0x62], "a\u{FFFD}b"),
            ([0x5C, 0x6E, 0xC3], "\n\u{FFFD}"), (Array(#"\ud800"#.utf8), "\u{FFFD}"),
            (Array(#"\udc00x"#.utf8), "\u{FFFD}x"),
            (Array(#"\ud800\u0041"#.utf8), "\u{FFFD}A"), (Array(#"\ud800\ud83d\ude00"#.utf8), "\u{FFFD}😀"),
        ] as [([UInt8], String)]
    )
    func whatIsNotTextIsReplaced(bytes: [UInt8], text: String) throws {
        let read = try JSONValue(parsing: [0x22] + bytes + [0x22])
        #expect(read.string.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    }

    @Test func aNumberMayBeHuge() throws {
        for text in ["1e999", "-1e999", String(repeating: "9", count: 1_000)] {
            let value = try JSONValue(parsing: Array(text.utf8))
            #expect(try JSONValue(parsing: JSONDocument.encode(value)) == value)
        }
    }

    @Test func nestingHasALimit() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONValue(parsing: nested(100))
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(101)) }
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: Array(repeating: UInt8(ascii: "["), count: 1_000_000))
        }
    }

    /// A hostile document of the largest size must not stop the program for long.
    @Test(arguments: ["1,", "null,", "[],", "\"\",", "{\"a\":{}},"])
    func timeGrowsWithTheSizeOnly(piece: String) throws {
        let text = "[" + String(repeating: piece, count: 4_000_000 / piece.utf8.count) + "1]"
        let bytes = Array(text.utf8)
        let elapsed = try ContinuousClock().measure { _ = try JSONValue(parsing: bytes) }
        #expect(elapsed < .seconds(120), "\(elapsed)")
    }

    /// What Foundation refuses is refused here too, and what is accepted means the same.
    @Test func agreesWithFoundation() throws {
        var random = SeededRandom(seed: 4)
        let seed = Array((#"[1,-2.5e3,{"a":null,"b\n":"\u00e9x"},true,"# + "\"é\"]").utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = random.mutate(seed)
            let ours = try? JSONValue(parsing: bytes)
            guard let ours else { continue }
            accepted += 1
            let text = String(decoding: bytes, as: UTF8.self)
            // What is not UTF-8 is taken here alone.
            guard String(validating: bytes, as: UTF8.self) != nil else { continue }
            guard let theirs = Self.foundation(bytes) else {
                Issue.record("Foundation refuses \(text)")
                continue
            }
            #expect(theirs.isEqual(Self.foundation(try JSONDocument.encode(ours))), "\(text)")
        }
        #expect(accepted > 500)
    }

    @Test func comparisonWithFoundationCanFail() {
        let one = Self.foundation(Array(#"[{"a":[1,"x"]}]"#.utf8))
        #expect(one?.isEqual(Self.foundation(Array(#"[{"a":[1,"y"]}]"#.utf8))) == false)
        #expect(one?.isEqual(Self.foundation(Array(#"[{"a":[1,"x"]}]"#.utf8))) == true)
    }

    private static func foundation(_ bytes: [UInt8]) -> NSDictionary? {
        // Any document that Foundation refuses is nil here: that is the question.
        guard let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed]) else {
            return nil
        }
        return NSDictionary(dictionary: ["document": value])
    }
}
