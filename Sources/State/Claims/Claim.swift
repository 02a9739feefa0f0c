package import Foundation
package import Plumbing

/// A process at work on something.
package struct Claim: Sendable, Hashable, CustomStringConvertible {
    /// How long a process that cannot be looked at from here (another host, another container) may be silent before
    /// it counts as gone. Living ones speak up ten times as often.
    static let silence: TimeInterval = 300

    /// Tells apart two claims of one process.
    let token: String
    /// Who.
    package let owner: ProcessIdentity
    /// Since when.
    package let since: Date
    /// When the owner was last heard of.
    package let renewedAt: Date

    /// `process 4242 on host build01 (since 2024-05-01T10:00:00Z)`, safe to print.
    package var description: String {
        "process \(owner.pid) on host \(Printable.text(owner.host)) (since \(since.formatted(.iso8601)))"
    }

    /// Whether the owner still counts as being at work.
    func isLive(at now: Date, seenFrom here: ProcessIdentity = .current) -> Bool {
        // A claim of this very process that it does not know any more was left behind by a failed release.
        if owner == here { return HeldClaims.contains(token) }
        return owner.lives(seenFrom: here) ?? (now.timeIntervalSince(renewedAt) < Claim.silence)
    }
}
