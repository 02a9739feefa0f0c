import CVMFS
package import OCI
package import Plumbing
package import State

/// Takes one image out of a repository, because somebody says so: at once, with its names, its entry for podman, and its tree
/// where no other image uses that. Its layers stay until the repository is pruned.
package struct SingleRemoval: Sendable {
    private let publisher: any Publisher
    private let state: StateDatabase

    /// A removal from a repository.
    package init(_ publisher: any Publisher, state: StateDatabase) {
        self.publisher = publisher
        self.state = state
    }

    /// What was removed, or would be.
    package struct Report: Sendable {
        /// The names that lead nowhere then.
        package let names: [BytePath]
        /// The folders of its metadata.
        package let folders: [BytePath]
        /// Its root file system, unless another image uses that.
        package let trees: [BytePath]
        /// The revision without it; nil where nothing was to be changed.
        package let revision: UInt64?
    }

    /// Removes it; with `dryRun` it only says what. Throws ``ConversionError`` where a desiderata wants the image, and
    /// `notFound` where the repository does not have it.
    package func run(_ source: ImageSource, dryRun: Bool) async throws -> Report {
        let (name, fqrn) = (RepositoryLayout.imageName(source), publisher.fqrn)
        for desiderata in try await state.wishes.desideratas() where desiderata.cvmfsRepository == fqrn {
            guard RepositoryLayout.imageName(try ImageSource(desiderata.input.reference)) == name else { continue }
            throw ConversionError(
                "desiderata \(desiderata.id) wants \(source) in \(fqrn), and its next pass would bring it back: remove that "
                    + "first with `wafer remove-desiderata \(desiderata.id)`; nothing was changed"
            )
        }
        let removal = try await ImageRemoval([source], from: publisher)
        guard !removal.sources.isEmpty else {
            throw CVMFSError(
                .notFound,
                "\(fqrn) does not have \(source): `wafer inspect \(source) --repository \(fqrn)` looks"
            )
        }
        var revision: UInt64?
        if !dryRun {
            let outcome = try await publisher.withSession {
                try await $0.commit(removal.edits + removal.podman.edits(), requiring: [])
            }
            revision = outcome.revision
        }
        return Report(names: removal.names, folders: removal.folders, trees: removal.trees, revision: revision)
    }
}
