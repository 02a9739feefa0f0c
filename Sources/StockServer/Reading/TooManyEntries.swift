import Plumbing

/// A directory has more entries below it than were to be looked at.
package struct TooManyEntries: Error, CustomStringConvertible {
    /// The directory.
    let directory: BytePath
    /// The limit.
    let limit: Int

    /// Names both.
    package var description: String { "there are more than \(limit) entries below \(directory.absolute)" }
}
