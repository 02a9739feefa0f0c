import Foundation
import NIOCore
import NIOSSL
import OCI

/// Errors from certificates, which are looked at once more.
extension RegistryError {
    /// What is wrong with the certificate of the host that a request went to; nil where the error is about something else.
    static func certificateFault(
        _ error: any Error,
        _ url: RequestURL,
        addresses: [String: String],
        clock: NetworkClock
    ) async -> CertificateFault? {
        guard CertificateFault(error, nil, host: url.host.name) != nil else { return nil }
        let certificate = try? await CertificateProbe.certificate(
            of: url.host,
            port: url.host.port ?? url.scheme.defaultPort,
            address: addresses[url.host.name]
        ).get()
        return CertificateFault(error, certificate.map { ($0, clock.date()) }, host: url.host.name)
    }
}
