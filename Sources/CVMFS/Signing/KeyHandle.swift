import COpenSSL
import Plumbing

/// An RSA key of libcrypto, private or public, with the two signature forms of the format.
///
/// Safe to share between threads: the key is never changed after `init`, libcrypto's reference counts are atomic, and
/// each operation has a context of its own.
final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// What is padded and then raised to the key's exponent.
    enum SignatureForm {
        /// RSASSA-PKCS1-v1_5 with SHA-1: the manifest's (docs/cvmfs-format.md §2.1).
        case sha1
        /// PKCS#1 block type 1 around the text itself, without DigestInfo: the whitelist's (docs/cvmfs-format.md §2.2).
        case raw
    }

    /// Takes ownership of a key. Throws ``CVMFSError`` where it is not RSA: verifiers extract an RSA key.
    init(owning pointer: OpaquePointer, _ what: String) throws {
        self.pointer = pointer
        guard EVP_PKEY_get_base_id(pointer) == EVP_PKEY_RSA else {
            throw CVMFSError(.unrepresentable, "\(what) is not an RSA key: the repository format knows only RSA")
        }
    }

    deinit { EVP_PKEY_free(pointer) }

    func sign(_ text: String, as form: SignatureForm) throws -> [UInt8] {
        let context = try makeContext(form, EVP_PKEY_sign_init)
        defer { EVP_PKEY_CTX_free(context) }
        let input = try form.input(text)
        var length = 0
        guard EVP_PKEY_sign(context, nil, &length, input, input.count) == 1 else {
            throw Libcrypto.error(.notTrusted, "cannot sign")
        }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_PKEY_sign(context, &signature, &length, input, input.count) == 1 else {
            throw Libcrypto.error(.notTrusted, "cannot sign")
        }
        return Array(signature.prefix(length))
    }

    func verify(_ text: String, signature: [UInt8], as form: SignatureForm) throws -> Bool {
        let context = try makeContext(form, EVP_PKEY_verify_init)
        defer {
            EVP_PKEY_CTX_free(context)
            // A signature that does not match leaves its reason in the thread's queue.
            ERR_clear_error()
        }
        let input = try form.input(text)
        return EVP_PKEY_verify(context, signature, signature.count, input, input.count) == 1
    }

    /// Whether both are of the same key pair.
    func isPair(of other: KeyHandle) -> Bool {
        EVP_PKEY_eq(pointer, other.pointer) == 1
    }

    private func makeContext(
        _ form: SignatureForm,
        _ initialize: (OpaquePointer?) -> Int32
    ) throws -> OpaquePointer {
        let context = try Libcrypto.allocated(EVP_PKEY_CTX_new(pointer, nil))
        let isReady =
            initialize(context) == 1 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
            && (form == .raw || EVP_PKEY_CTX_set_signature_md(context, EVP_sha1()) == 1)
        guard isReady else {
            EVP_PKEY_CTX_free(context)
            throw Libcrypto.error(.notTrusted, "libcrypto refuses this kind of signature")
        }
        return context
    }
}

extension KeyHandle.SignatureForm {
    fileprivate func input(_ text: String) throws -> [UInt8] {
        switch self {
        case .sha1: try MessageDigest.hash(.sha1, Array(text.utf8))
        case .raw: Array(text.utf8)
        }
    }
}
