import ArgumentParser
import Plumbing

/// A number of bytes as people type it: `4096`, `64K`, `512M`, `128G`, in powers of 1024; `500GB` in those of 1000.
struct ByteLimit: ExpressibleByArgument {
    let bytes: Int64

    init(bytes: Int64) {
        self.bytes = bytes
    }

    init?(argument: String) {
        guard let bytes = ByteCount.parse(argument) else { return nil }
        self.bytes = bytes
    }

    /// What `--help` shows as the default.
    var defaultValueDescription: String {
        let units: [(shift: Int64, letter: String)] = [(30, "G"), (20, "M"), (10, "K")]
        let unit = units.first { bytes % (1 << $0.shift) == 0 }
        return unit.map { "\(bytes >> $0.shift)\($0.letter)" } ?? String(bytes)
    }
}
