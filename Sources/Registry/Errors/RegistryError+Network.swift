import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import OCI
import Plumbing

/// Errors from the network.
extension RegistryError {
    /// What an error of the HTTP client means. A cancelled task gives `CancellationError`.
    static func network(
        _ error: any Error,
        _ request: RegistryRequest,
        progress: String? = nil,
        proxy: ProxyAddress? = nil,
        certificate: CertificateFault? = nil
    ) -> any Error {
        if error is CancellationError || Task.isCancelled { return CancellationError() }
        if let error = error as? RegistryError { return error }

        var (code, words) = meaning(of: error)
        let certificate = certificate ?? CertificateFault(error, nil, host: request.url.host.name)
        if let certificate { (code, words) = (.untrusted, certificate.words(host: request.url.host.name)) }
        let way = proxy.map { " through the proxy \($0)" } ?? ""
        let place = "\(request.url.scheme.rawValue)://\(request.url.host)\(way)"
        // A file is named by its URL.
        let isSaid =
            request.purpose.operation == .readFile && proxy == nil && request.purpose.object.hasPrefix("\(place)/")
        return RegistryError(
            code,
            request.purpose,
            detail: progress.map { "\(words) \($0) from \(place)" } ?? (isSaid ? words : "\(words) (\(place))"),
            nextStep: certificate?.nextStep(authority: authorityStep(request.purpose)) ?? tlsStep(
                words,
                request.purpose
            )
                ?? nextStep(for: code, request)
        )
    }

    private static func meaning(of error: any Error) -> (Code, String) {
        switch error {
        case let error as HTTPClientError:
            return meaning(of: error)
        case let error as WatchedBody.TooSlow:
            return (.timedOut, "only \(error.received) bytes came in \(error.waited.inSeconds)")
        case is WatchedBody.LateReader:
            // Nothing had come before either.
            return (.timedOut, "nothing came in time")
        case let error as ForbiddenAddress:
            return (.redirectRefused, "its host \(error.reason)")
        case HTTPParserError.invalidEOFState:
            return (.cut, "the connection was closed")
        case let error as HTTPParserError:
            return (.unexpectedAnswer, "the answer is not HTTP (\(error.debugDescription))")
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first else {
                return (.unreachable, "the name \(error.host) is not known")
            }
            return meaning(of: first.error)
        case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode):
            return (.cut, "the connection was closed")
        case let error as IOError where [EMFILE, ENFILE].contains(error.errnoCode):
            return (.noDescriptor, "too many open files on this machine: raise the limit (ulimit -n)")
        case let error as IOError:
            return (.unreachable, String(cString: strerror(error.errnoCode)).lowercased())
        default:
            let words = words(of: error)
            if ["UNSUPPORTED_PROTOCOL", "ALERT_PROTOCOL_VERSION"].contains(where: words.contains) {
                return (.tlsFailed, "\(tlsMark): it has no version from 1.2 on")
            }
            return (words.hasPrefix(tlsMark) ? .tlsFailed : .unreachable, words)
        }
    }

    static let proxyWantsUser =
        "the proxy wants a user and password: http://USER:PASSWORD@HOST:PORT in HTTP_PROXY or HTTPS_PROXY"

    private static let tlsMark = "TLS failed"

    private static func meaning(of error: HTTPClientError) -> (Code, String) {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            (.timedOut, "no connection in time")
        case .readTimeout, .deadlineExceeded, .writeTimeout, .getConnectionFromPoolTimeout:
            (.timedOut, "nothing came in time")
        case .remoteConnectionClosed, .uncleanShutdown:
            (.cut, "the connection was closed")
        case .proxyAuthenticationRequired:
            (.refused, proxyWantsUser)
        case .invalidProxyResponse:
            (.unreachable, "the proxy makes no connection")
        default:
            (.unreachable, Printable.text(error.description, limit: 300))
        }
    }

    /// The error's own words; of a TLS error only its reason, which stands in the middle of numbers and file names.
    private static func words(of error: any Error) -> String {
        let text = String(describing: error)
        if let mark = text.firstRange(of: "OPENSSL_internal:") {
            return "\(tlsMark): \(text[mark.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" })"
        }
        return Printable.text(String(text.prefix { $0 != "\n" }), limit: 300)
    }

    private static func tlsStep(_ words: String, _ purpose: Purpose) -> String? {
        if purpose.operation != .readFile, ["WRONG_VERSION_NUMBER", "HTTP_REQUEST"].contains(where: words.contains) {
            return "if that registry has no TLS, write http:// before its name, or name it with --plain-http"
        }
        return words.contains("no version from 1.2") ? "who runs that server has to allow TLS 1.2 or 1.3" : nil
    }

    private static func authorityStep(_ purpose: Purpose) -> String {
        purpose.operation == .readFile
            ? "add its CA to those of this machine (update-ca-certificates), or as ca-file in hosts.yaml"
            : "name its CA with --ca-file, as ca-file in hosts.yaml, or in /etc/docker/certs.d/HOST"
    }
}
