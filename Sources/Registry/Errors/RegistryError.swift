/// Why something with a registry did not work: what was done, with what, what happened, what to do next.
///
/// Texts of the registry in it are printable and short, and no secret is part of it.
package struct RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure.
    package enum Code: String, Sendable, CaseIterable {
        /// No connection: no such name, refused, no route.
        case unreachable
        /// The other side does no TLS, or another one.
        case tlsFailed
        /// This machine does not trust the other side's certificate, or cannot show its own.
        case untrusted
        /// Nothing came for too long.
        case timedOut
        /// This machine allows no further descriptor.
        case noDescriptor
        /// It did not answer lately, and was not asked.
        case setAside
        /// The connection ended in the middle.
        case cut
        /// 401: the registry wants other credentials, or some.
        case unauthorized
        /// 403: the user may not do that.
        case denied
        /// 404.
        case notFound
        /// 429.
        case tooManyRequests
        /// 5xx.
        case serverFailure
        /// Another 4xx: the registry does not accept what was sent.
        case refused
        /// An answer that the protocol does not allow at this place.
        case unexpectedAnswer
        /// A challenge that this program cannot meet.
        case unsupportedAuthentication
        /// An address that this program does not follow.
        case redirectRefused
        /// A document or header that cannot be read, or is of another kind.
        case invalidDocument
        /// The index has no image for the platform.
        case platformNotOffered
        /// Content does not have the digest it should have.
        case digestMismatch
        /// Content does not have the length it should have.
        case sizeMismatch
        /// Content is larger than this program takes.
        case tooLarge
        /// Credentials of one registry were given for another.
        case foreignCredentials
        /// A file or variable with credentials, or a credential helper, cannot be used.
        case unusableCredentials
        /// Credentials would have gone over a network without TLS.
        case clearTextRefused
    }

    /// The kind of failure.
    package let code: Code
    /// What was being done, with what, at which registry.
    package let purpose: Purpose
    /// The HTTP status, where an answer came.
    package let status: Int?
    /// What the registry says about it.
    package let remarks: [RemoteDiagnostic]
    /// What this program has to say about it.
    package let detail: String?
    /// What a user can do about it.
    package let nextStep: String?
    /// How long the registry asks to wait.
    package var retryAfter: Duration?

    /// Makes an error.
    package init(
        _ code: Code,
        _ purpose: Purpose,
        status: Int? = nil,
        remarks: [RemoteDiagnostic] = [],
        detail: String? = nil,
        nextStep: String? = nil
    ) {
        self.code = code
        self.purpose = purpose
        self.status = status
        self.remarks = remarks
        self.detail = detail
        self.nextStep = nextStep
    }

    /// The same with other words for what a user can do about it.
    package func with(nextStep: String) -> RegistryError {
        var error = RegistryError(code, purpose, status: status, remarks: remarks, detail: detail, nextStep: nextStep)
        error.retryAfter = retryAfter
        return error
    }

    /// Whether the same request may work later without anybody doing anything.
    package var isTemporary: Bool {
        switch code {
        case .unreachable, .noDescriptor, .timedOut, .cut, .tooManyRequests: true
        case .serverFailure: status.map(RetryTransport.isPassing) ?? true
        default: false
        }
    }

    /// Why, and what to do next, without what was tried on which object.
    package var cause: String {
        let reason = detail ?? status.map { "it answered \($0)" } ?? "it failed"
        return nextStep.map { "\(reason); \($0)" } ?? reason
    }

    /// One line: what failed, on what, why, and the next step.
    package var description: String {
        var text = "\(purpose.operation.rawValue) \(purpose.object)"
        var reasons: [String] = []
        if let detail { reasons.append(detail) }
        if let status {
            let said = remarks.isEmpty ? "" : ": " + remarks.map(\.description).joined(separator: "; ")
            reasons.append("\(purpose.host) answered \(status)\(said)")
        }
        if !reasons.isEmpty { text += ": " + reasons.joined(separator: "; ") }
        if let nextStep { text += "; \(nextStep)" }
        return text
    }
}
