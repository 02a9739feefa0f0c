import Foundation

/// Times as whitelists have them: `YYYYMMDDhhmmss`, always UTC (docs/cvmfs-format.md §2.2).
enum CompactTime {
    static let length = 14

    /// The text of a time, whose fraction of a second is dropped.
    static func text(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int32, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2) + digits(parts.tm_mday, 2)
            + digits(parts.tm_hour, 2) + digits(parts.tm_min, 2) + digits(parts.tm_sec, 2)
    }

    /// The time of a text; nil for anything but 14 digits that name a time.
    static func date(_ text: some StringProtocol) -> Date? {
        let digits = text.utf8.map { Int32($0) - 48 }
        guard digits.count == length, digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        func number(_ range: Range<Int>) -> Int32 { digits[range].reduce(0) { $0 * 10 + $1 } }
        var parts = tm()
        parts.tm_year = number(0..<4) - 1900
        parts.tm_mon = number(4..<6) - 1
        parts.tm_mday = number(6..<8)
        parts.tm_hour = number(8..<10)
        parts.tm_min = number(10..<12)
        parts.tm_sec = number(12..<14)
        let date = Date(timeIntervalSince1970: TimeInterval(timegm(&parts)))
        // The C library accepts a 31st of February and makes another day of it.
        return Self.text(date) == text ? date : nil
    }
}
