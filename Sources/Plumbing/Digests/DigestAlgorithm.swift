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

    /// libcrypto's implementation, nil where it does not offer one.
    var function: OpaquePointer? {
        switch self {
        case .md5: Self.md5Function.pointer
        case .sha1: Self.sha1Function.pointer
        case .sha256: Self.sha256Function.pointer
        case .sha384: Self.sha384Function.pointer
        case .sha512: Self.sha512Function.pointer
        case .ripemd160: Self.ripemd160Function.pointer
        case .shake128: Self.shake128Function.pointer
        }
    }

    private static let md5Function = Function("MD5")
    private static let sha1Function = Function("SHA1")
    private static let sha256Function = Function("SHA2-256")
    private static let sha384Function = Function("SHA2-384")
    private static let sha512Function = Function("SHA2-512")
    private static let ripemd160Function = Function("RIPEMD-160")
    private static let shake128Function = Function("SHAKE-128")

    /// Fetched once: what EVP_sha256() and its like return is looked up again, under a lock, whenever a digest begins,
    /// which for small files costs more than their bytes (crypto(7), "Performance").
    // Safe: libcrypto's methods are constants once they are fetched, and these live as long as the process.
    private struct Function: @unchecked Sendable {
        let pointer: OpaquePointer?

        init(_ name: String) {
            pointer = LibcryptoStart.withoutCleanup ? EVP_MD_fetch(nil, name, nil) : nil
        }
    }
}
