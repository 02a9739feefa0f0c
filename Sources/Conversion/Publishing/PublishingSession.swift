package import CVMFS
package import Layers
package import Plumbing

/// The way of one image into a repository: layers one by one, several at once where the caller wants, then one commit.
package protocol PublishingSession: Sendable {
    /// Reads a layer's compressed bytes from a pipe, verifies them, and stores the content for `root`. Without an
    /// expectation it is a tar that no image names. Where something of the layer depends on those `below`, that waits for
    /// them.
    ///
    /// Throws where the layer is not exactly what `expectation` says, or more than `limits` allow. Nothing is visible yet.
    func ingest(
        _ expectation: LayerExpectation?,
        limits: LayerLimits,
        at root: BytePath,
        over below: LayersBelow,
        from pipe: BytePipe
    ) async throws -> IngestedLayer

    /// How many entries of a layer are as other layers had them: on those `below` they would be otherwise. `prepared` is what
    /// one has from these that is not published yet.
    ///
    /// Throws ``Layers/LayerError`` where those below lack what a hard link of the layer leads to.
    func entriesOfAnotherBase(
        _ root: BytePath,
        prepared: LayerBase?,
        over below: LayersBelow
    ) async throws -> Int

    /// Makes a root file system of layers that are prepared or published, and stores it. Nothing is visible yet.
    func assemble(_ tree: TreePlan) async throws -> AssembledTree

    /// Makes these edits visible together. Returns the revision that has them; a new one only where something changed that
    /// is decisive.
    ///
    /// Throws where one of the `required` paths is not there afterwards: an image's layers. Directories on the way to an
    /// edit are made where they are missing. Where `revision` is said the edits were chosen by what that has, and it throws
    /// ``RevisionMoved``, having done nothing, where it is not the published one any more.
    func commit(
        _ edits: [TreeEdit],
        requiring required: [BytePath],
        onto revision: UInt64?
    ) async throws -> CommitOutcome

    /// How many revisions it took so far; nil where that is always one.
    var transactions: Int? { get }

    /// What turned out to be lost of a layer only when it was in the repository.
    func losses(at root: BytePath) -> [LayerLoss: Int]
}

/// Somebody else published a revision after the one that edits were chosen for.
struct RevisionMoved: Error {}

extension PublishingSession {
    /// Commits edits that are right whatever was published meanwhile.
    package func commit(_ edits: [TreeEdit], requiring required: [BytePath]) async throws -> CommitOutcome {
        try await commit(edits, requiring: required, onto: nil)
    }

    /// One image is one revision.
    package var transactions: Int? { nil }

    /// A publisher that keeps everything loses nothing.
    package func losses(at root: BytePath) -> [LayerLoss: Int] { [:] }
}
