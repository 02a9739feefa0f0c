package import Foundation

/// How a failing desiderata waits.
package struct BackOff: Sendable, Hashable {
    /// Failures in a row, at least one.
    package let failures: Int
    /// Not to be tried before.
    package let nextAttempt: Date

    /// A back-off by its parts.
    package init(failures: Int, nextAttempt: Date) {
        self.failures = failures
        self.nextAttempt = nextAttempt
    }
}
