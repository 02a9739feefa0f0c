package import Foundation

/// How many bytes the objects of a storage take.
package struct StorageUse: Sendable, Equatable {
    /// Their bytes.
    package let bytes: Int64
    /// When they were counted the last time; what was stored and removed since is counted in.
    package let measured: Date

    /// Both.
    package init(bytes: Int64, measured: Date) {
        self.bytes = bytes
        self.measured = measured
    }
}
