/// Random numbers that are the same in every run (SplitMix64): a failing case of a fuzz test can be run again.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the sequence of that seed.
    package init(seed: UInt64) {
        state = seed
    }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The bytes with one to four small damages: a byte changed, cut out, doubled or inserted, a piece moved, the end cut.
    package mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            guard !bytes.isEmpty else { return [UInt8.random(in: 0...255, using: &self)] }
            let at = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0...5, using: &self) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.remove(at: at)
            case 2: bytes.insert(bytes[at], at: at)
            case 3: bytes.insert(UInt8(ascii: Self.troublesome.randomElement(using: &self) ?? "@"), at: at)
            case 4: bytes.append(contentsOf: bytes[at...])
            default: bytes.removeLast(bytes.count - at)
            }
        }
        return bytes
    }

    /// Signs that separate things in references, headers and JSON.
    private static let troublesome: [Unicode.Scalar] = [
        "@", ":", "/", "\"", ",", "=", "\\", "[", "]", "{", "}", "\0", "\n", " ",
    ]
}
