package import Foundation

/// How long to wait after the n-th failure in a row: doubling, up to a limit.
package struct BackOffPolicy: Sendable, Hashable {
    /// Seconds after the first failure.
    package let first: TimeInterval
    /// Seconds after many.
    package let limit: TimeInterval

    /// One minute after the first failure, an hour at most.
    package static let standard = BackOffPolicy(first: 60, limit: 3_600)

    /// A policy by its two numbers, both in seconds.
    package init(first: TimeInterval, limit: TimeInterval) {
        self.first = first
        self.limit = limit
    }

    /// Seconds to wait after `failures` failures in a row.
    package func delay(after failures: Int) -> TimeInterval {
        // 2^40 times any first delay is beyond any limit; the exponent is cut so that it cannot grow for years.
        let doublings = min(max(failures - 1, 0), 40)
        return min(limit, first * Double(sign: .plus, exponent: doublings, significand: 1))
    }
}
