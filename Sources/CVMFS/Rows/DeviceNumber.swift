/// A device number in glibc's encoding, which devices have in their `size` column (docs/cvmfs-format.md §3.5).
package struct DeviceNumber: Sendable, Equatable {
    package let major: UInt32
    package let minor: UInt32

    /// A number from its parts.
    package init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// A number from a catalog's column.
    package init(encoded: Int64) {
        let bits = UInt64(bitPattern: encoded)
        major = UInt32(truncatingIfNeeded: bits >> 8 & 0xfff | bits >> 32 & 0xffff_f000)
        minor = UInt32(truncatingIfNeeded: bits & 0xff | bits >> 12 & 0xffff_ff00)
    }

    /// The number for a catalog's column.
    package var encoded: Int64 {
        let major = UInt64(major)
        let minor = UInt64(minor)
        let low = (major & 0xfff) << 8 | minor & 0xff
        return Int64(bitPattern: low | (minor & ~0xff) << 12 | (major & ~0xfff) << 32)
    }
}
