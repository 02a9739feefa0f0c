/// A time as Go's `time.Time` reads it from JSON: RFC 3339 with capital letters. One that it does not take makes podman refuse
/// the whole list, so it is looked at before it is written.
enum GoTime {
    /// Whether it is one: `2026-11-23T19:31:02[.123](Z|+01:00)`.
    static func isOne(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        guard let year = number(&rest, 4), take("-", &rest), let month = number(&rest, 2), take("-", &rest),
            let day = number(&rest, 2), take("T", &rest), let hour = number(&rest, 2), take(":", &rest),
            let minute = number(&rest, 2), take(":", &rest), let second = number(&rest, 2)
        else { return false }
        if take(".", &rest) {
            let fraction = rest.prefix { (0x30...0x39).contains($0) }
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(fraction.count)
        }
        guard hour < 24, minute < 60, second < 60, isDay(day, of: month, year) else { return false }
        return isZone(rest)
    }

    private static func isZone(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        if take("Z", &rest) { return rest.isEmpty }
        guard take("+", &rest) || take("-", &rest), let hours = number(&rest, 2), take(":", &rest),
            let minutes = number(&rest, 2)
        else { return false }
        return rest.isEmpty && hours < 24 && minutes < 60
    }

    private static func isDay(_ day: Int, of month: Int, _ year: Int) -> Bool {
        let isLeap = year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...days[month - 1]).contains(day)
    }

    private static func take(_ byte: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: byte) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
