package import Foundation

/// How far back something reaches: the forms of GNU date's relative times that people write, such as `3 weeks ago`.
package struct Timespan: Sendable, Equatable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    private let count: Int
    private let unit: Calendar.Component

    private static let units: [String: (Calendar.Component, Int)] = [
        "second": (.second, 1), "sec": (.second, 1), "minute": (.minute, 1), "min": (.minute, 1), "hour": (.hour, 1),
        "day": (.day, 1), "week": (.day, 7), "fortnight": (.day, 14), "month": (.month, 1), "year": (.year, 1),
    ]

    /// Nil for any other form.
    package init?(_ text: String) {
        var words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
        if words.last == "ago" {
            words.removeLast()
        } else if let first = words.first, first.hasPrefix("-") {
            words[0] = String(first.dropFirst())
        } else {
            guard words == ["yesterday"] else { return nil }
            words = ["1", "day"]
        }
        if words.count == 1 { words.insert("1", at: 0) }
        guard words.count == 2, let number = Int(words[0]), (0...1_000_000).contains(number) else { return nil }
        let name = words[1].hasSuffix("s") ? String(words[1].dropLast()) : words[1]
        guard let (unit, factor) = Self.units[name] else { return nil }
        count = number * factor
        self.unit = unit
        description = text
    }

    /// Seconds since 1970 of the moment so long before a time.
    package func start(before now: Date) -> Int64 {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let date = calendar.date(byAdding: unit, value: -count, to: now) ?? .distantPast
        return Int64(date.timeIntervalSince1970)
    }
}
