package import Plumbing

/// A content hash function of the format; the raw value is what catalogs store in flag bits 8 to 10
/// (docs/cvmfs-format.md §1.1, §3.6).
package enum HashAlgorithm: Int, Sendable, CaseIterable {
    case sha1 = 0
    case ripemd160 = 1
    case shake128 = 2

    /// What stands behind the hexadecimal digits of every textual hash; empty for SHA-1.
    package var suffix: String {
        switch self {
        case .sha1: ""
        case .ripemd160: "-rmd160"
        case .shake128: "-shake128"
        }
    }

    /// The function itself.
    package var digestAlgorithm: DigestAlgorithm {
        switch self {
        case .sha1: .sha1
        case .ripemd160: .ripemd160
        case .shake128: .shake128
        }
    }
}
