import Logging
import OCI

/// Mirrors, and trying again.
extension RegistryClient {
    /// A mirror is not worth a long wait: there is another source.
    private static let mirrorAttempts = 2

    /// What the first source gives that can: the mirrors in their order, then the registry itself.
    func fromFirst<Result>(
        of reference: ImageReference,
        _ credentials: RegistryCredentials?,
        _ body: (RegistrySource) async throws -> Result
    ) async throws -> Result {
        for mirror in settings.hosts.settings(for: reference)?.mirrors ?? [] {
            let name = mirror.description
            if mirrorHealth.isLeftOut(name) { continue }
            do {
                let copy = try mirror.reference(to: reference)
                // Users belong to their registry: a mirror's are looked up by its own host.
                let result = try await body(RegistrySource(reference: copy, credentials: nil, isMirror: true))
                hostHealth.served(reference.canonicalHost)
                return result
            } catch let error as RegistryError {
                // What only an operator changes is said once, and not with each request.
                let isLasting = [.untrusted, .tlsFailed, .unusableCredentials].contains(error.code)
                if error.isTemporary || isLasting { mirrorHealth.failed(name) }
                // A mirror that lacks an image is no news.
                logger.log(
                    level: error.code == .notFound ? .debug : .notice,
                    "the mirror is passed over",
                    metadata: ["mirror": "\(name)", "reason": "\(error)"]
                )
            }
        }
        return try await noting(reference) {
            try await body(RegistrySource(reference: reference, credentials: credentials, isMirror: false))
        }
    }

    /// Runs `body`, which has to do with the registry itself, and notes whether something came of it.
    func noting<Result>(_ reference: ImageReference, _ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            hostHealth.succeeded(reference.canonicalHost)
            return result
        } catch let error as RegistryError {
            // Where no answer came at all, that is noted already.
            hostHealth.failed(reference.canonicalHost, error, isOfContent: true)
            throw error
        }
    }

    /// The attempts that a source is granted.
    func budget(_ source: RegistrySource, atMost attempts: Int = .max) -> RetryBudget {
        let policy = settings.retries.limited(to: attempts)
        return RetryBudget(source.isMirror ? policy.limited(to: Self.mirrorAttempts) : policy, clock: settings.clock)
    }

    /// Runs `body` again where a body of an answer, which the transports do not see, breaks off. A registry that is not there has
    /// been tried often enough by them.
    func retrying<Result>(_ budget: RetryBudget, _ body: () async throws -> Result) async throws -> Result {
        while true {
            do {
                return try await body()
            } catch let error as RegistryError where error.isTemporary && error.code != .unreachable {
                guard let delay = budget.delay(asked: error.retryAfter) else { throw error }
                logger.info("trying again", metadata: ["after": "\(delay.inSeconds)", "reason": "\(error)"])
                try await NetworkActivity.waiting { try await settings.clock.sleep(delay) }
            }
        }
    }
}
