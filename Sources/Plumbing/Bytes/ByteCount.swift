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

    /// Bytes a second.
    package static func rate(_ bytes: Int64, in duration: Duration) -> String {
        let seconds = max(duration / .seconds(1), 0.001)
        return "\(text(Int64(Double(bytes) / seconds)))/s"
    }
}
