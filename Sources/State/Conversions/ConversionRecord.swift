package import Foundation

/// One attempt to convert a desiderata: a line of its history (docs/decisions/002-record-what-is-done.md).
package struct ConversionRecord: Sendable, Hashable, Identifiable {
    /// Later conversions have greater numbers.
    package let id: Int64
    /// The desiderata that was converted.
    package let desiderata: Int64
    /// How it ended, or that it has not.
    package let outcome: ConversionOutcome
    /// When it began; nil where the original program converted.
    package let startedAt: Date?
    /// When it succeeded or failed.
    package let finishedAt: Date?
    /// What the input's reference resolved to; nil if the registry was not reached.
    package let referenceDigest: String?
    /// The digest of the platform's manifest.
    package let manifestDigest: String?
    /// The platform that was converted.
    package let platform: String?
    /// The digest of the image's configuration. All that is known of a conversion of the original program.
    package let configDigest: String?
    /// Set once the layers are in the repository.
    package let published: Publication?
    /// Set once the thin image is at its registry, as the output image that its desiderata has now.
    package let pushed: Push?
    /// Why it failed, in full.
    package let error: String?
    /// What it moved.
    package let traffic: Traffic
}
