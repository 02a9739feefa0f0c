/// How much a layer may make of a machine (docs/decisions/005-tar-is-never-unpacked.md).
///
/// The defaults let through every image that people build, and stop what was built to fill disks and memory.
package struct LayerLimits: Sendable, Equatable {
    /// What is limited.
    package enum Quantity: String, Sendable, CaseIterable {
        case inflatedSize = "inflated size"
        case inflationRatio = "inflation ratio"
        case entries = "number of entries"
        case entrySize = "size of an entry"
        case pathLength = "length of a path"
        case depth = "depth of a path"
        case attributes = "number of extended attributes"
        case attributeBytes = "size of the extended attributes"
        case textBytes = "size of all names, link targets and extended attributes"

        /// The option of `wafer` that changes it.
        var option: String {
            switch self {
            case .inflatedSize: "--max-inflated-size"
            case .inflationRatio: "--max-inflation-ratio"
            case .entries: "--max-entries"
            case .entrySize: "--max-entry-size"
            case .pathLength: "--max-path-length"
            case .depth: "--max-depth"
            case .attributes: "--max-attributes"
            case .attributeBytes: "--max-attribute-bytes"
            case .textBytes: "--max-text-bytes"
            }
        }
    }

    /// The longest file name that Linux and CVMFS clients take, in bytes. Not a matter of taste, so not a setting.
    package static let nameLength = 255

    /// The bytes of the tar plus the holes of its sparse files: 128 GiB.
    package var inflatedSize: Int64 = 128 << 30
    /// Those bytes for each compressed byte: 250. Deflate reaches 1,032, with zeros.
    package var inflationRatio: Int64 = 250
    /// Below this many inflated bytes the ratio does not matter: 64 MiB.
    package var inflationRatioFloor: Int64 = 64 << 20
    /// Members of the archive: 2,000,000. Each takes some 150 bytes of memory until the layer is published.
    package var entries: Int = 2_000_000
    /// The size of one file in bytes, holes included: 64 GiB.
    package var entrySize: Int64 = 64 << 30
    /// The bytes of a path or link target: 4,095, as in Linux, which counts a NUL behind them.
    package var pathLength: Int = 4095
    /// The components of a path: 256.
    package var depth: Int = 256
    /// The extended attributes of one entry: 255.
    package var attributes: Int = 255
    /// The bytes of their names and values together: 256 KiB.
    package var attributeBytes: Int = 256 << 10
    /// The bytes of the names, link targets and extended attributes of all entries, which are held in memory: 512 MiB.
    package var textBytes: Int64 = 512 << 20

    /// The defaults.
    package init() {}
}
