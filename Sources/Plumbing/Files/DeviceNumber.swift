/// The number of a device, and glibc's encoding of it (makedev(3)), which devices have in the `size` column of a catalog
/// (docs/cvmfs-format.md §3.5).
package struct DeviceNumber: Sendable, Hashable {
    package let major: UInt32
    package let minor: UInt32

    /// A number from its parts.
    package init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// A number from its encoding: `st_rdev`, a catalog's column.
    package init(encoded: Int64) {
        let bits = UInt64(bitPattern: encoded)
        major = UInt32(truncatingIfNeeded: bits >> 8 & 0xfff | bits >> 32 & 0xffff_f000)
        minor = UInt32(truncatingIfNeeded: bits & 0xff | bits >> 12 & 0xffff_ff00)
    }

    /// Its encoding.
    package var encoded: Int64 {
        let major = UInt64(major)
        let minor = UInt64(minor)
        let low = (major & 0xfff) << 8 | minor & 0xff
        return Int64(bitPattern: low | (minor & ~0xff) << 12 | (major & ~0xfff) << 32)
    }
}
