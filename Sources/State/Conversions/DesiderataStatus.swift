package import Foundation

/// Everything the database knows of one desiderata, read at one moment: a row of `status`.
package struct DesiderataStatus: Sendable, Hashable {
    /// What is wanted.
    package let desiderata: Desiderata
    /// The newest conversion, whatever became of it.
    package let last: ConversionRecord?
    /// The newest one whose layers are in the repository: compare it with the input of today.
    package let lastPublished: ConversionRecord?
    /// The newest one with an error.
    package let lastFailed: ConversionRecord?
    /// Set while it waits after failures.
    package let backOff: BackOff?
    /// Who is at work on it.
    package let claim: Claim?
    /// When a loop looks at it again.
    package let nextLook: NextLook
    /// Since when its tag is gone from the registry or from its recipe's selection, and it only stays for a while; nil while it
    /// is wanted.
    package let goneSince: Date?
}
