package import NIOSSL

/// Certificates and keys in files.
package enum TLSMaterial {
    /// What is wrong with a file.
    struct Fault: Error {
        let description: String
    }

    /// How to do TLS by these settings; nil where it is done as ever. Throws ``Fault``. Blocks on files.
    static func configuration(_ settings: HostSettings) throws -> TLSConfiguration? {
        if settings.authorities.isEmpty, settings.clientCertificate == nil { return nil }
        var configuration = client
        configuration.additionalTrustRoots = try settings.authorities.map {
            .certificates(try certificates($0))
        }
        if let file = settings.clientCertificate, let key = settings.clientKey {
            configuration.certificateChain = try certificates(file).map { .certificate($0) }
            do {
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            } catch {
                throw Fault(description: "\(key) cannot be read, or is no key in PEM form without a password")
            }
        }
        return configuration
    }

    /// How TLS is done with everybody: 1.2 is the least that is not broken
    /// ([RFC 8996](https://www.rfc-editor.org/rfc/rfc8996)).
    package static var client: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }

    private static func certificates(_ file: String) throws -> [NIOSSLCertificate] {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(file)
            if !certificates.isEmpty { return certificates }
        } catch {
            throw Fault(description: "\(file) cannot be read, or holds no certificate in PEM form")
        }
        throw Fault(description: "\(file) holds no certificate in PEM form")
    }
}
