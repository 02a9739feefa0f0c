import NIOCore
import NIOPosix
import NIOSSL
import OCI

/// Looks at the certificate of a server whose certificate was not taken: the HTTP client does not tell why.
///
/// Nothing is sent, and the certificate is good for nothing but an error.
enum CertificateProbe {
    private static let timeout = TimeAmount.seconds(5)

    /// The server's certificate; nil where it shows none in time. `address` stands for the host's name where there is one.
    static func certificate(
        of host: RegistryHost,
        port: Int,
        address: String? = nil
    ) -> EventLoopFuture<NIOSSLCertificate?> {
        let loop = NetworkThreads.loops.next()
        let found = loop.makePromise(of: NIOSSLCertificate?.self)
        loop.scheduleTask(in: timeout) { found.succeed(nil) }
        // An address is no server name (RFC 6066 §3).
        let name = host.address == nil ? host.name : nil
        ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var configuration = TLSMaterial.client
                    configuration.trustRoots = .certificates([])
                    let look: NIOSSLCustomVerificationCallback = { chain, verdict in
                        found.succeed(chain.first)
                        verdict.succeed(.failed)
                    }
                    let handler = try NIOSSLClientHandler(
                        context: NIOSSLContext(configuration: configuration),
                        serverHostname: name,
                        customVerificationCallback: look
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: address ?? host.name, port: port)
            .whenComplete { outcome in
                guard case .success(let channel) = outcome else { return found.succeed(nil) }
                channel.closeFuture.whenComplete { _ in found.succeed(nil) }
                found.futureResult.whenComplete { _ in channel.close(promise: nil) }
            }
        return found.futureResult
    }
}
