/// Numbers of bytes as people read them.
package enum ByteCount {
    private static let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]

    /// `999 B`, `1.5 kB`, `12.3 MB`: decimal units, one digit behind the point.
    package static func text(_ bytes: Int64) -> String {
        guard bytes >= 1000 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = units.startIndex
        // 999,950 bytes would be shown as 1000.0 kB.
        while value >= 999.95, unit < units.endIndex - 1 {
            value /= 1000
            unit += 1
        }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// Reads what people type: a whole number with a unit or without one. `K`, `M`, `G`, `T` and `KiB` … are powers of 1024, `kB`,
    /// `MB`, `GB`, `TB` are those of 1000 that ``text(_:)`` writes; capitals do not matter. Nil for anything else, for zero,
    /// and for more than fits.
    package static func parse(_ text: String) -> Int64? {
        let end = text.firstIndex { !("0"..."9").contains($0) } ?? text.endIndex
        guard let number = Int64(text[..<end]), number > 0 else { return nil }
        var unit = text[end...].drop { $0 == " " }.lowercased()
        var base: Int64 = 1024
        if unit.hasSuffix("ib"), unit.count == 3 {
            unit.removeLast(2)
        } else if unit.hasSuffix("b") {
            base = 1000
            unit.removeLast()
        }
        guard let power = ["", "k", "m", "g", "t"].firstIndex(of: unit) else { return nil }
        var bytes = number
        for _ in 0..<power {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: base)
            if overflow { return nil }
            bytes = product
        }
        return bytes
    }

    /// Bytes a second.
    package static func rate(_ bytes: Int64, in duration: Duration) -> String {
        let seconds = max(duration / .seconds(1), 0.001)
        return "\(text(Int64(Double(bytes) / seconds)))/s"
    }
}
