import ArgumentParser

/// A length of time as people type it: `45s`, `30m`, `12h`, `3d`, `2w`.
struct Period: ExpressibleByArgument, Equatable {
    let seconds: Int64

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    /// A hundred years: more is a mistake.
    private static let longest: Int64 = 100 * 366 * 86_400

    /// Seconds.
    init(seconds: Int64) {
        self.seconds = seconds
    }

    init?(argument: String) {
        guard let unit = argument.last.flatMap({ Self.units[$0] }),
            let number = Int64(argument.dropLast()), (0...Self.longest).contains(number),
            (0...Self.longest).contains(number * unit)
        else { return nil }
        seconds = number * unit
    }

    /// What `--help` shows as the default.
    var defaultValueDescription: String {
        for letter in ["w", "d", "h", "m"] as [Character] {
            if let unit = Self.units[letter], seconds > 0, seconds % unit == 0 { return "\(seconds / unit)\(letter)" }
        }
        return "\(seconds)s"
    }
}
