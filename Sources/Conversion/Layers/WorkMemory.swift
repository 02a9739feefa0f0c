import Plumbing

/// Bytes that images on their way have in memory together, beside the program itself, and what they are for.
package struct WorkMemory: Sendable, Equatable {
    /// All of them.
    package let bytes: Int64

    /// With less nothing gets on.
    package static let least: Int64 = 16 << 20
    /// More makes nothing faster.
    private static let most: Int64 = 512 << 20

    /// So many, but no fewer than ``least``.
    package init(bytes: Int64) {
        self.bytes = max(bytes, Self.least)
    }

    /// An eighth of what this machine has, half a gigabyte at most.
    package static let standard = WorkMemory(bytes: min(MachineMemory.bytes / 8, most))

    /// Images that may be converted at the same time.
    package var images: Int { Int(clamping: bytes / (8 << 20)) }

    /// What came of layers and waits to be read.
    var downloads: Int { Int(clamping: bytes / 2) }

    /// Files that wait to be compressed; the rest is what layers and trees hold.
    package var files: Int { Int(clamping: min(bytes / 4, 32 << 20)) }
}
