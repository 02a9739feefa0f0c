import CVMFS
package import Foundation
import OCI
import Plumbing
package import State

/// Takes out of a repository what nobody wants any more, and has not for a while: images whose desideratas were removed, the
/// trees of tags that moved, and the layers that no image needs then, in one revision (docs/removal.md).
///
/// What is referred to is read from the repository itself, and who wants what from the database. What cannot be read ends it.
/// Images and layers that Wafer did not make stay, and so do images that were never a desiderata's.
package struct Pruning: Sendable {
    private let publisher: any Publisher
    private let state: StateDatabase
    private let grace: TimeInterval
    private let now: Date

    /// Attempts where others publish meanwhile.
    private static let attempts = 10

    /// A pruning of what has been unwanted for longer than `grace` seconds.
    package init(_ publisher: any Publisher, state: StateDatabase, grace: TimeInterval, now: Date) {
        self.publisher = publisher
        self.state = state
        self.grace = grace
        self.now = now
    }

    /// Removes it, all in one revision; with `dryRun` it only says what. Throws, having removed nothing.
    package func run(dryRun: Bool) async throws -> PruningReport {
        for _ in 1...Self.attempts {
            let (removal, unwanted, report) = try await plan(dryRun: dryRun)
            if dryRun { return report }
            do {
                return try await remove(removal, unwanted, report)
            } catch is RevisionMoved {
                // What was published meanwhile may need what was to go.
                continue
            }
        }
        throw ConversionError(
            "others published \(publisher.fqrn) again and again: nothing was removed, run the command again"
        )
    }

    private func remove(
        _ removal: (edits: [TreeEdit], revision: UInt64),
        _ unwanted: [UnwantedImage],
        _ report: PruningReport
    ) async throws -> PruningReport {
        var report = report
        if !removal.edits.isEmpty {
            let outcome = try await publisher.withSession { session in
                try await session.commit(removal.edits, requiring: [], onto: removal.revision)
            }
            if case .published(let revision) = outcome { report.revision = revision }
        }
        try await state.removals.forget(unwanted.map(\.image), in: publisher.fqrn)
        return report
    }

    private func plan(
        dryRun: Bool
    ) async throws -> (removal: (edits: [TreeEdit], revision: UInt64), unwanted: [UnwantedImage], PruningReport) {
        let inventory = try await publisher.inventory()
        let (due, waiting) = try await unwantedImages()
        let sources = try due.map { try ImageSource($0.image.reference) }
        let removal = try await ImageRemoval(sources, from: publisher)
        var report = PruningReport()
        report.foreignLayers = inventory.foreignLayers
        // One that never came into the repository waits for nothing.
        report.waiting = try await ImageRemoval(waiting, from: publisher).sources.count
        for (image, source) in zip(due, sources) where removal.sources.contains(source) {
            report.images.append(PruningReport.Image(source: source, since: image.since))
        }
        let gone = Set(removal.folders)
        let needed = Set(inventory.images.filter { !gone.contains($0.image) }.flatMap { $0.layers ?? [] })
        let fallen = Set(inventory.images.filter { gone.contains($0.image) }.flatMap { $0.layers ?? [] })
        let adopted = inventory.adopted
        let free = (inventory.layers + adopted.layers).filter {
            !needed.contains($0) && !adopted.neededLayers.contains(RepositoryLayout.layer($0))
        }
        let trees = try await unlinked(inventory.unusedTrees, &report) + adopted.trees
        let idle =
            free.filter { !fallen.contains($0) }.map(RepositoryLayout.layer) + trees.map(RepositoryLayout.tree)
            + adopted.osgTrees + adopted.podman.keys
        let since = try await idleSince(idle, dryRun: dryRun)
        func isDue(_ path: BytePath) -> Bool { since[path.text].map(isOldEnough) ?? true }
        report.layers = free.filter { isDue(RepositoryLayout.layer($0)) }
        report.trees = trees.filter { isDue(RepositoryLayout.tree($0)) }
        report.chains = adopted.chains
        report.osgTrees = adopted.osgTrees.filter(isDue)
        report.waiting += free.count + trees.count + adopted.osgTrees.count
        report.waiting -= report.layers.count + report.trees.count + report.osgTrees.count
        report.foreignLayers -= Set(adopted.layers).intersection(report.layers).count
        var podman = removal.podman
        podman.leftovers = adopted.podman.filter(isDue)
        report.podmanEntries = podman.leftovers.images.count + podman.leftovers.layers.count
        var edits = try removal.edits + podman.edits()
        edits += (report.chains + report.osgTrees).map { TreeEdit($0, .remove) }
        for tree in report.trees {
            let places = [
                RepositoryLayout.treeRecord(tree), RepositoryLayout.podmanRefusal(tree), RepositoryLayout.tree(tree),
            ]
            edits += places.map { TreeEdit($0, .remove) }
        }
        edits += report.layers.map { TreeEdit(RepositoryLayout.layer($0), .remove) }
        return ((edits, inventory.revision), due, report)
    }

    private func isOldEnough(_ since: Date) -> Bool { now.timeIntervalSince(since) >= grace }

    /// Those that go, and those that do not yet. One that is wanted under another of its names, or in another place of the
    /// registry's rules, is not unwanted.
    private func unwantedImages() async throws -> (due: [UnwantedImage], waiting: [ImageSource]) {
        let wanted = Set(
            try await state.wishes.desideratas().filter { $0.cvmfsRepository == publisher.fqrn }
                .map { RepositoryLayout.imageName(try ImageSource($0.input.reference)) }
        )
        let unwanted = try await state.removals.unwantedImages(in: publisher.fqrn).filter {
            !wanted.contains(RepositoryLayout.imageName(try ImageSource($0.image.reference)))
        }
        let young = unwanted.filter { !isOldEnough($0.since) }
        return (unwanted.filter { isOldEnough($0.since) }, try young.map { try ImageSource($0.image.reference) })
    }

    /// Trees that no link leads to.
    private func unlinked(_ trees: [Digest], _ report: inout PruningReport) async throws -> [Digest] {
        if trees.isEmpty { return [] }
        // One walk over all names; mostly none leads to any of them.
        if try await publisher.referrers(to: trees.map(RepositoryLayout.tree)).links.isEmpty { return trees }
        var free: [Digest] = []
        for tree in trees {
            let links = try await publisher.referrers(to: [RepositoryLayout.tree(tree)]).links
            if links.isEmpty { free.append(tree) } else { report.linkedTrees.append(RepositoryLayout.tree(tree)) }
        }
        return free
    }

    /// Since when paths are of no use, by their texts.
    private func idleSince(_ paths: [BytePath], dryRun: Bool) async throws -> [String: Date] {
        let texts = paths.map(\.text)
        if !dryRun { return try await state.removals.leftovers(texts, in: publisher.fqrn, at: now) }
        let known = try await state.removals.knownLeftovers(in: publisher.fqrn)
        return Dictionary(texts.map { ($0, known[$0] ?? now) }) { first, _ in first }
    }
}
