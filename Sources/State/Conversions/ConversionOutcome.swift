/// How a conversion ended. An image that was up to date makes no row.
package enum ConversionOutcome: String, Sendable, CaseIterable {
    /// At work, or its process ended without a word and nobody has looked since.
    case running
    /// Published, and pushed where a thin image is wanted.
    case succeeded
    /// Ended with an error; it may have been published before that.
    case failed
    /// Its process ended before the conversion did.
    case interrupted
    /// Recorded by the original program, of which only the configuration's digest is known.
    case imported
}
