import COpenSSL

/// A hash function that repositories, registries or catalogs use.
package enum DigestAlgorithm: Sendable {
    /// Path keys of catalogs only (docs/cvmfs-format.md §3.4).
    case md5
    case sha1
    case sha256
    case sha384
    case sha512
    case ripemd160
    /// SHAKE-128 cut to its first 160 bits (docs/cvmfs-format.md §1.1).
    case shake128

    /// The digest's length in bytes.
    package var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1, .ripemd160, .shake128: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    var function: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        case .ripemd160: EVP_ripemd160()
        case .shake128: EVP_shake128()
        }
    }
}
