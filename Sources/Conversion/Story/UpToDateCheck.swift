/// Whether a desiderata has anything to do.
package enum UpToDateCheck: Sendable {
    /// Nothing: what its input stands for now is published at that revision, and pushed.
    case upToDate(revision: UInt64)
    /// Something, as far as a single request to the registry tells.
    case changed
    /// The registry or the repository cannot be asked.
    case failed(any Error)
}
