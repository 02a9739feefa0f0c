import Foundation
package import NIOCore
import NIOSSL
import OCI

/// Errors from certificates, which are looked at once more.
extension RegistryError {
    /// What is wrong with the certificate of the host that a request went to; nil where the error is about something else.
    static func certificateFault(
        _ error: any Error,
        _ url: RequestURL,
        addresses: [String: String]
    ) async -> CertificateFault? {
        guard CertificateFault(error, nil, host: url.host.name) != nil else { return nil }
        let certificate = try? await CertificateProbe.certificate(
            of: url.host,
            port: url.host.port ?? url.scheme.defaultPort,
            address: addresses[url.host.name]
        ).get()
        return CertificateFault(error, certificate, host: url.host.name)
    }

    /// The cause of an error of the HTTP client at a web server that is no registry, in a few words.
    package static func networkCause(_ error: any Error, at url: String) -> EventLoopFuture<String> {
        guard let url = try? RequestURL(parsing: url), let fault = CertificateFault(error, nil, host: url.host.name)
        else {
            return NetworkThreads.loops.next().makeSucceededFuture(networkCause(error))
        }
        @Sendable func text(_ fault: CertificateFault) -> String {
            let step = fault.nextStep(authority: "add its CA to those of this machine (update-ca-certificates)")
            return "\(fault.words(host: url.host.name)); \(step)"
        }
        return CertificateProbe.certificate(of: url.host, port: url.host.port ?? url.scheme.defaultPort)
            .map { text(CertificateFault(error, $0, host: url.host.name) ?? fault) }
    }
}
