/// What a commit did.
package enum CommitOutcome: Sendable, Equatable {
    /// There is a new revision with the edits.
    case published(revision: UInt64)
    /// Nothing was edited: this revision has it all.
    case unchanged(revision: UInt64)

    /// The revision that holds the edits.
    package var revision: UInt64 {
        switch self {
        case .published(let revision), .unchanged(let revision): revision
        }
    }

    /// Whether there is a new revision.
    package var isPublished: Bool { if case .published = self { true } else { false } }
}
