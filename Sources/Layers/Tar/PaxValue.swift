/// Values of pax records that are not plain bytes.
enum PaxValue {
    /// A decimal number, with a sign where it is negative; nil for anything else or what does not fit.
    static func integer(_ text: some Collection<UInt8>) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text[...]
        if digits.isEmpty { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.subtractingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            if tooLarge || overflow { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// A time with an optional fraction, rounded down to nanoseconds: `-1.5` is 2 seconds before 1970 plus half one.
    static func time(_ text: [UInt8]) -> (seconds: Int64, nanoseconds: Int32)? {
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, let seconds = integer(whole) else { return nil }
        guard parts.count == 2, let fraction = parts.last else { return (seconds, 0) }
        guard fraction.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        var nanoseconds: Int32 = 0
        for index in 0..<9 {
            let digit = fraction.dropFirst(index).first.map { Int32($0 - UInt8(ascii: "0")) } ?? 0
            nanoseconds = nanoseconds * 10 + digit
        }
        guard whole.first == UInt8(ascii: "-"), nanoseconds > 0 else { return (seconds, nanoseconds) }
        let (before, overflow) = seconds.subtractingReportingOverflow(1)
        return overflow ? nil : (before, 1_000_000_000 - nanoseconds)
    }

    /// Base 64 without padding, as libarchive writes attribute values.
    static func base64(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0...group.count { text.append(base64Digits[bits >> (18 - 6 * place) & 63]) }
        }
        return text
    }

    private static let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
