package import CVMFS
package import Plumbing
package import State

/// What writes a repository: layers of images, and whatever else people change in it
/// (docs/decisions/011-publishers.md).
///
/// The contract: nothing of a session is visible before its ``PublishingSession/commit(_:)`` returns, and everything
/// is afterwards; a session that fails or is cancelled leaves the published revision as it was.
package protocol Publisher: Sendable {
    /// The repository's fully qualified name.
    var fqrn: String { get }

    /// How images become root file systems in it.
    var trees: TreeSettings { get }

    /// That Wafer took over what other programs had published there; nil where it did not.
    var adoption: RepositoryAdoption? { get }

    /// Whether it stores extended attributes.
    var keepsAttributes: Bool { get }

    /// Those of these paths that the newest revision has: small files with their bytes, links with their
    /// targets, directories with none.
    func contents(_ paths: [BytePath]) async throws -> [BytePath: [UInt8]]

    /// Who may read the newest revision, as the repository tells its clients to find out (`CVMFS_VOMS_AUTHZ` of stock); nil
    /// where everybody may.
    func membership() async throws -> String?

    /// Bytes that may still be stored, nil where the place does not tell.
    func freeBytes() async throws -> Int64?

    /// How much room it has. What its objects take is counted only where it has a quota, and not each time.
    func space() async throws -> RepositorySpace

    /// Ends what a process of ours that is gone left open and that keeps others out; a session does so as well.
    func recover() async throws

    /// Runs `body` with a session.
    func withSession<Result: Sendable>(
        _ body: @Sendable (any PublishingSession) async throws -> Result
    ) async throws -> Result

    /// What the newest revision has of images. Throws where something of it cannot be understood.
    func inventory() async throws -> RepositoryInventory

    /// Who refers to what a removal of these paths takes away. Throws ``CVMFSError`` `notFound` where one of them does
    /// not exist.
    func referrers(to paths: [BytePath]) async throws -> RemovalReferrers

    /// Removes paths with what is below them, all in one revision. Returns its number.
    ///
    /// Throws, having removed nothing, where one of them does not exist or belongs to the format.
    func remove(_ paths: [BytePath]) async throws -> UInt64

    /// Names the published revision, or the one that `source` names. Returns its number.
    ///
    /// Throws where the name is taken, reserved or not allowed.
    func addTag(_ name: String, description: String, revisionOf source: String?) async throws -> UInt64

    /// Removes tags. Throws, having removed none, where one of them is reserved or does not exist.
    func removeTags(_ names: [String]) async throws

    /// What going back to a tag would do, and to whom. Changes nothing.
    func planRollback(to name: String) async throws -> RollbackPlan

    /// Publishes the content of a tag's revision as the next revision.
    func rollback(to name: String) async throws -> Rollback

    /// Publishes other meta info. Returns whether it differs from what was there, as far as that can be seen.
    ///
    /// Throws ``CVMFSError`` where it is none.
    func setMetainfo(_ bytes: [UInt8]) async throws -> Bool

    /// Removes objects that no revision needs which is kept, or only finds out which; `report` hears of the progress, on any
    /// thread. Throws, having removed nothing, where something cannot be read.
    func collectGarbage(
        _ policy: CollectionPolicy,
        dryRun: Bool,
        report: @escaping @Sendable (CollectionProgress) -> Void
    ) async throws -> CollectionReport
}

extension Publisher {
    package var keepsAttributes: Bool { true }

    package var adoption: RepositoryAdoption? { nil }

    /// Most leave nothing open.
    package func recover() async throws {}
}
