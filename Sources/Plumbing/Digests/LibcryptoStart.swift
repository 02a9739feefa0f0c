import COpenSSL

/// How libcrypto is started.
package enum LibcryptoStart {
    /// Leaves libcrypto's memory to the end of the process, instead of freeing it in `exit`: other threads still run
    /// then, and what they free once more ends the program with a signal after its work was done. To be touched before
    /// the first call. See OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT.
    package static let withoutCleanup = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1
}
