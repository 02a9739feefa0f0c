package import Logging
import NIOHTTP1
import OCI

/// Sends a request again that failed for the moment: no connection, 408, 429, 5xx.
///
/// Only what may be done twice is: reading, and storing a manifest under its name. Uploads ask their session what it has
/// (``BlobUpload``). It is the outermost transport, so that every attempt logs in and follows redirects anew.
package struct RetryTransport: Transport {
    private let next: any Transport
    private let policy: RetryPolicy
    private let health: HostHealth
    private let clock: NetworkClock
    private let logger: Logger

    /// Sends with another transport.
    package init(next: any Transport, policy: RetryPolicy, health: HostHealth, clock: NetworkClock, logger: Logger) {
        self.next = next
        self.policy = policy
        self.health = health
        self.clock = clock
        self.logger = logger
    }

    /// Where nobody knows whether a registry is there: the time to the head of its answer, and how often it is waited for.
    private static let firstHeadTimeout = Duration.seconds(30)
    private static let firstTimeouts = 2
    /// A refused connection or an unknown name is known at once, and hardly ever over in a moment.
    static let unreachableAttempts = 3

    /// Sends a request until its answer is none of a passing failure, or its budget is used up. Sends none to a registry that
    /// is set aside.
    package func send(_ request: RegistryRequest) async throws -> RegistryResponse {
        let host = request.registry.host.canonical(request.registry.scheme)
        try health.check(host, request.purpose)
        var request = request
        if health.isFirstContact(host) { request.headTimeout = Self.firstHeadTimeout }
        guard Self.mayRepeat(request) else { return try await attempt(request, host) }
        do {
            return try await repeated(request, host)
        } catch let error as RegistryError {
            health.failed(host, error, isOfContent: false)
            throw error
        }
    }

    private func attempt(_ request: RegistryRequest, _ host: String) async throws -> RegistryResponse {
        let response = try await next.send(request)
        health.answered(host)
        return response
    }

    private func repeated(_ request: RegistryRequest, _ host: String) async throws -> RegistryResponse {
        let budget = request.retries ?? RetryBudget(policy, clock: clock)
        var timeouts = 0
        var failures = 0
        while true {
            let delay: Duration
            let reason: String
            var level = Logger.Level.info
            do {
                let response = try await attempt(request, host)
                guard Self.isPassing(response.status) else { return response }
                let asked = RetryAfter.wait(response.headers, now: clock.date())
                guard let wait = budget.delay(asked: asked) else { return response }
                await response.discardBody()
                delay = wait
                reason = "\(request.purpose.host) answered \(response.status)"
            } catch let error as RegistryError where error.isTemporary {
                if error.code == .timedOut { timeouts += 1 }
                if timeouts >= Self.firstTimeouts, health.isFirstContact(host) { throw error }
                if error.code == .unreachable {
                    failures += 1
                    if failures >= Self.unreachableAttempts { throw error }
                    // The error at the end says all of it.
                    level = .debug
                }
                guard let wait = budget.delay(asked: error.retryAfter) else { throw error }
                delay = wait
                reason = error.description
            }
            try await pause(delay, reason, level, request)
        }
    }

    private func pause(
        _ delay: Duration,
        _ reason: String,
        _ level: Logger.Level,
        _ request: RegistryRequest
    ) async throws {
        logger.log(
            level: level,
            "trying again",
            metadata: ["after": "\(delay.inSeconds)", "reason": "\(reason)", "url": "\(request.url)"]
        )
        try await NetworkActivity.waiting { try await clock.sleep(delay) }
    }

    private static func mayRepeat(_ request: RegistryRequest) -> Bool {
        switch request.method {
        case .GET, .HEAD: true
        case .PUT: request.purpose.operation == .pushManifest
        default: false
        }
    }

    /// Whether a status tells of a failure that may be over in a moment.
    static func isPassing(_ status: Int) -> Bool {
        switch status {
        case 408, 429: true
        // Not implemented, HTTP version not supported: so it will be.
        case 501, 505: false
        default: (500..<600).contains(status)
        }
    }
}
