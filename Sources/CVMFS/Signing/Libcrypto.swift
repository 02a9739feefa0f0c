import COpenSSL

/// What libcrypto reports when a call fails.
enum Libcrypto {
    /// An error with libcrypto's reason, which it takes from the thread's queue.
    static func error(_ code: CVMFSError.Code, _ what: String) -> CVMFSError {
        let number = ERR_peek_last_error()
        ERR_clear_error()
        guard number != 0, let reason = ERR_reason_error_string(number) else { return CVMFSError(code, what) }
        return CVMFSError(code, "\(what): \(String(cString: reason))")
    }

    /// The pointer that an allocating function of libcrypto returned.
    static func allocated(_ pointer: OpaquePointer?) throws -> OpaquePointer {
        guard let pointer else { throw error(.system, "libcrypto has no memory") }
        return pointer
    }
}
