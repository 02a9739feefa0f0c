import Foundation
import NIOHTTP1

/// Errors from answers.
extension RegistryError {
    /// What an unwanted answer means that came at this time of day. Reads the beginning of its body.
    static func answer(
        _ response: RegistryResponse,
        to request: RegistryRequest,
        at now: Date
    ) async -> RegistryError {
        let body = await response.beginning(limit: RemoteDiagnostic.maximumBodySize)
        return answer(response, to: request, body: body, at: now)
    }

    /// What an unwanted answer means, whose body was read already.
    static func answer(
        _ response: RegistryResponse,
        to request: RegistryRequest,
        body: [UInt8],
        at now: Date
    ) -> RegistryError {
        let code: Code =
            switch response.status {
            case 401: .unauthorized
            case 403: .denied
            case 404: .notFound
            case 429: .tooManyRequests
            case 408: .timedOut
            case 400..<500: .refused
            case 500..<600: .serverFailure
            default: .unexpectedAnswer
            }
        let isElsewhere = response.url.origin != request.registry.origin
        var error = RegistryError(
            code,
            request.purpose,
            status: response.status,
            remarks: RemoteDiagnostic.read(
                body,
                contentType: response.headers.first(name: "Content-Type"),
                hiding: response.secrets
            ),
            detail: response.status == 407 ? proxyWantsUser : isElsewhere ? "it was sent on to \(response.url)" : nil,
            // What another server refuses is not about the registry's users.
            nextStep: isElsewhere && code != .serverFailure
                ? nil : nextStep(for: code, request, user: response.user ?? request.credentials)
        )
        error.retryAfter = RetryAfter.wait(response.headers, now: now)
        return error
    }

    /// What a user can do about a failure.
    static func nextStep(for code: Code, _ request: RegistryRequest, user: RegistryCredentials? = nil) -> String? {
        let host = request.purpose.host
        let isPush = request.purpose.operation.isPush || request.scope.isPush
        switch (code, user ?? request.credentials) {
        case (.unauthorized, nil), (.denied, nil):
            let use = isPush ? "name that user for the output image" : "name that user, or check the image's name"
            return "add credentials with `wafer add-user --username USER --registry \(host)` and \(use)"
        case (.unauthorized, let user?):
            if let source = user.source { return "check the credentials of \(user.username) in \(source)" }
            if user.kind == .identityToken {
                return "the stored token of \(user.username) may have ended: log in anew with "
                    + "`wafer add-user --username \(user.username) --registry \(host)`"
            }
            return "check the password of \(user.username) and store it again with "
                + "`wafer add-user --username \(user.username) --registry \(host)`"
        case (.denied, let user?):
            return "\(user.username) needs the right to \(isPush ? "push to" : "pull from") that repository"
        case (.notFound, _):
            return isPush
                ? "the registry may want the project to be created first" : "check repository, tag and digest"
        case (.tooManyRequests, nil):
            return "wait, or use credentials: registries allow known users more"
        case (.tooManyRequests, _), (.serverFailure, _), (.timedOut, _), (.cut, _):
            return "try again later"
        default:
            return nil
        }
    }
}
