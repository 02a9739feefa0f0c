import ArgumentParser

/// A number of bytes as people type it: `4096`, `64K`, `512M`, `128G`, in powers of 1024.
struct ByteLimit: ExpressibleByArgument {
    let bytes: Int64

    init(bytes: Int64) {
        self.bytes = bytes
    }

    init?(argument: String) {
        let shift: Int64? =
            switch argument.last {
            case "K", "k": 10
            case "M", "m": 20
            case "G", "g": 30
            case "T", "t": 40
            default: nil
            }
        let digits = shift == nil ? argument[...] : argument.dropLast()
        guard let number = Int64(digits), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        if overflow { return nil }
        self.bytes = bytes
    }

    /// What `--help` shows as the default.
    var defaultValueDescription: String {
        let units: [(shift: Int64, letter: String)] = [(30, "G"), (20, "M"), (10, "K")]
        let unit = units.first { bytes % (1 << $0.shift) == 0 }
        return unit.map { "\(bytes >> $0.shift)\($0.letter)" } ?? String(bytes)
    }
}
