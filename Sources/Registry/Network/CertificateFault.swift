import Foundation
import NIOSSL
import Plumbing

/// What is wrong with a server's certificate.
enum CertificateFault: Sendable, Equatable {
    /// It ended then.
    case expired(Date)
    /// It begins then.
    case notYetValid(Date)
    /// It is for these names and addresses.
    case otherNames([String])
    /// No authority that this machine trusts signed it.
    case unknownAuthority
    /// It is not trusted, and nobody could look why.
    case unknown

    /// What an error of the HTTP client says about a certificate, looked at then or not at all; nil where it is about
    /// something else.
    init?(_ error: any Error, _ seen: (certificate: NIOSSLCertificate, now: Date)?, host: String) {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            let names = (seen?.certificate).map(Self.names) ?? []
            // Then it is another server's that the request was sent on to.
            self = .otherNames(names.contains(host) ? [] : names)
            return
        }
        guard String(describing: error).contains("CERTIFICATE_VERIFY_FAILED") else { return nil }
        guard let (certificate, now) = seen else {
            self = .unknown
            return
        }
        let start = Date(timeIntervalSince1970: TimeInterval(certificate.notValidBefore))
        let end = Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter))
        self = now > end ? .expired(end) : now < start ? .notYetValid(start) : .unknownAuthority
    }

    /// The fault, going on from the server.
    func words(host: String) -> String {
        switch self {
        case .expired(let end): "its certificate expired on \(Self.text(end))"
        case .notYetValid(let start): "its certificate is not valid before \(Self.text(start))"
        case .otherNames([]): "its certificate is not for \(host)"
        case .otherNames(let names):
            "its certificate is not for \(host), but for "
                + Printable.text(names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : ""))
        case .unknownAuthority:
            "this machine does not trust its certificate: it is self-signed, or no authority that this machine knows signed it"
        case .unknown:
            "this machine does not trust its certificate: it is not valid now, or no authority that it knows signed it"
        }
    }

    /// What a user can do about it; `authority` is how an authority becomes known.
    func nextStep(authority: String) -> String {
        switch self {
        case .expired: "who runs that server has to renew it"
        case .notYetValid: "check the clock of this machine; who runs that server has to replace it otherwise"
        case .otherNames: "use a name that it is for, or have who runs that server add this one"
        case .unknownAuthority, .unknown: authority
        }
    }

    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }

    private static func names(of certificate: NIOSSLCertificate) -> [String] {
        certificate._subjectAlternativeNames().compactMap { name in
            let bytes = name.contents.withUnsafeBufferPointer { Array($0) }
            return switch name.nameType {
            case .dnsName: String(decoding: bytes, as: UTF8.self)
            case .ipAddress where bytes.count == 4: IPAddress.v4(bytes).description
            case .ipAddress where bytes.count == 16: IPAddress.v6(bytes).description
            default: nil
            }
        }
    }
}
