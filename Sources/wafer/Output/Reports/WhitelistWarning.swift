import CVMFS
import Foundation

/// What an operator has to know about the end of a whitelist.
enum WhitelistWarning {
    /// From when on to warn.
    private static let notice: TimeInterval = 7 * 86_400

    /// Nil while there is time.
    static func text(_ whitelist: Whitelist, at now: Date) -> String? {
        guard whitelist.end.timeIntervalSince(now) < notice else { return nil }
        let when = whitelist.end.formatted(.iso8601)
        let state = whitelist.isExpired(at: now) ? "expired at \(when): clients refuse it" : "expires at \(when)"
        return "the whitelist of \(whitelist.fqrn) \(state); renew it with `wafer repository resign \(whitelist.fqrn)`"
    }
}
