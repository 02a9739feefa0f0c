package import CVMFS
import Plumbing

/// Looks for what is wrong with the images of a repository, where all of its catalogs may be as they should be: names that
/// lead nowhere, trees without a record and records without a tree, and what podman stumbles over.
///
/// It goes through links and lists, and not into trees and layers.
package struct LayoutCheck: Sendable {
    private let repository: RepositoryReader
    private let entryLimit: Int

    /// A check of what is published. Of the files that belong to nobody's image, so many are gone through in search of names.
    package init(_ repository: RepositoryReader, entryLimit: Int = 1_000_000) {
        self.repository = repository
        self.entryLimit = entryLimit
    }

    /// Runs it. Blocks: call it on a dedicated thread. What cannot be read is among the warnings.
    package func run() -> LayoutReport {
        var report = LayoutReport()
        do {
            let root = try repository.published().manifest.root
            func open() throws -> CatalogTree { try CatalogTree(store: repository.store, root: root) }
            let trees = Self.attempt(RepositoryLayout.trees, &report) { report in
                try TreeFolders(tree: try open()).check(&report)
            }
            if let trees {
                Self.attempt(BytePath(), &report) { report in
                    try NameSearch(trees: trees, entryLimit: entryLimit, open: open).check(&report)
                }
            }
            Self.attempt(PodmanStore.root, &report) { report in
                for fault in try PodmanStoreCheck(PodmanStoreReader(open())).faults() {
                    report.warn(.podman, fault.path, fault.sentence)
                }
            }
        } catch {
            Self.note(error, BytePath(), &report)
        }
        report.sort()
        return report
    }

    /// What one part cannot read must not hide what others find.
    @discardableResult
    private static func attempt<Value>(
        _ path: BytePath,
        _ report: inout LayoutReport,
        _ body: (inout LayoutReport) throws -> Value
    ) -> Value? {
        do {
            return try body(&report)
        } catch {
            note(error, path, &report)
            return nil
        }
    }

    private static func note(_ error: any Error, _ path: BytePath, _ report: inout LayoutReport) {
        report.warn(.notChecked, path, "could not be looked through: \(error)")
    }
}
