import COpenSSL
package import Foundation

extension Certificate {
    /// A new certificate of a key, signed by that key: version 3, a random serial number, SHA-256. The common name is the
    /// repository's, at most 64 characters; `validity` is in seconds, and stock takes 365 days. Clients look at the key
    /// and the fingerprint only, neither at the name nor at the validity. Throws ``CVMFSError``.
    package static func selfSigned(
        commonName: String,
        key: PrivateKey,
        validity: TimeInterval = 365 * 86_400,
        now: Date
    ) throws -> Certificate {
        let certificate = try Libcrypto.allocated(X509_new())
        defer { X509_free(certificate) }
        let start = now.timeIntervalSince1970.rounded(.down)
        // Version 3 is spelled 2.
        let isFilled =
            X509_set_version(certificate, 2) == 1
            && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), UInt64.random(in: 1...UInt64.max)) == 1
            && ASN1_TIME_set(X509_getm_notBefore(certificate), time_t(start)) != nil
            && ASN1_TIME_set(X509_getm_notAfter(certificate), time_t(start + validity)) != nil
            && setName(commonName, of: certificate)
            && X509_set_pubkey(certificate, key.handle.pointer) == 1
            && addExtension(NID_basic_constraints, "critical,CA:FALSE", to: certificate)
            && addExtension(NID_key_usage, "critical,digitalSignature", to: certificate)
        guard isFilled, X509_sign(certificate, key.handle.pointer, EVP_sha256()) > 0 else {
            throw Libcrypto.error(.system, "cannot make a certificate for \(commonName)")
        }
        let bio = try MemoryBIO()
        guard PEM_write_bio_X509(bio.pointer, certificate) == 1 else {
            throw Libcrypto.error(.system, "cannot encode the certificate")
        }
        return try Certificate(pem: bio.contents())
    }

    private static func setName(_ commonName: String, of certificate: OpaquePointer) -> Bool {
        let name = X509_get_subject_name(certificate)
        let text = Array(commonName.utf8)
        return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, Int32(clamping: text.count), -1, 0) == 1
            && X509_set_issuer_name(certificate, name) == 1
    }

    private static func addExtension(_ identifier: Int32, _ value: String, to certificate: OpaquePointer) -> Bool {
        guard let field = X509V3_EXT_conf_nid(nil, nil, identifier, value) else { return false }
        defer { X509_EXTENSION_free(field) }
        return X509_add_ext(certificate, field, -1) == 1
    }
}
