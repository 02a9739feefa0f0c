/// How often and for how long a request that failed for the moment is tried again.
package struct RetryPolicy: Sendable, Equatable {
    /// Attempts in all, the first included.
    package var attempts: Int
    /// No attempt begins later than this after the first.
    package var timeLimit: Duration
    /// The wait before the second attempt; each further one is twice as long.
    package var firstDelay: Duration
    /// The longest wait of our own choice.
    package var longestDelay: Duration
    /// The longest wait that a registry's `Retry-After` is granted.
    package var longestAskedDelay: Duration

    /// A policy; what is not said is for production.
    package init(
        attempts: Int = 5,
        timeLimit: Duration = .seconds(300),
        firstDelay: Duration = .milliseconds(500),
        longestDelay: Duration = .seconds(30),
        longestAskedDelay: Duration = .seconds(120)
    ) {
        self.attempts = attempts
        self.timeLimit = timeLimit
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.longestAskedDelay = longestAskedDelay
    }

    /// For production.
    package static let standard = RetryPolicy()
    /// One attempt.
    package static let never = RetryPolicy(attempts: 1)

    /// The same with at most so many attempts.
    package func limited(to attempts: Int) -> RetryPolicy {
        var policy = self
        policy.attempts = min(attempts, self.attempts)
        return policy
    }

    /// The wait after so many failures: from half to all of the doubled delay, so that many clients do not come back at
    /// once; never shorter than what the registry asked for, as far as that is granted.
    package func delay(afterFailures failures: Int, asked: Duration?, random: Double) -> Duration {
        let doubled = firstDelay * (1 << min(max(failures - 1, 0), 20))
        let own = min(doubled, longestDelay) * (0.5 + 0.5 * random)
        guard let asked else { return own }
        return max(min(asked, longestAskedDelay) * (1 + 0.1 * random), own)
    }
}
