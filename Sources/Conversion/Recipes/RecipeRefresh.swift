package import Foundation
package import Logging
import OCI
import Plumbing
import Recipes
package import Registry
package import State
import SystemPackage

/// Applies recipes again, so that the database follows their files and their registries.
///
/// A text is read each time. Registries are asked for tags where the text is another one, and otherwise once in a while. Nothing
/// changes where a recipe cannot be read or applied; that is told once for each new reason.
package actor RecipeRefresh {
    private let state: StateDatabase
    private let application: RecipeApplication
    private let web: @Sendable () throws -> WebReader
    private let interval: TimeInterval
    private let logger: Logger
    private let now: @Sendable () -> Date
    /// The newest texts by their recipes' names: what is still the same is not sent and read again.
    private var texts: [String: RecipeText] = [:]
    /// When a recipe was applied last, or that was tried.
    private var looked: [String: Date] = [:]
    /// What was left undone when a recipe was applied last.
    private var left: [String: [String]] = [:]
    /// What was told of a recipe last.
    private var told: [String: [String]] = [:]
    /// What was read last, whether it was taken or not.
    private var seen: [String: Digest] = [:]
    /// What was applied last, as far as it was read here.
    private var applied: [String: RecipeText] = [:]
    /// Recipes with desideratas that a process worked on when they were applied.
    private var unfinished: Set<String> = []
    /// Texts that a person has to apply.
    private var refused: [String: Digest] = [:]
    /// The recipes that are looked at just now.
    private var inWork: Set<Int64> = []
    /// When recipes were begun last, as numbers of looks.
    private var begun: [Int64: Int] = [:]
    private var looks = 0

    /// Looks at the same time: each waits for its own server and registries. With more recipes they take turns.
    private static let concurrency = 64

    /// A file that was changed in these last seconds may still be written.
    private static let settling: TimeInterval = 2

    /// - Parameters:
    ///   - state: where the recipes were applied.
    ///   - registry: asks for tags.
    ///   - web: makes what reads recipes at web servers.
    ///   - interval: seconds between two looks at the same registries.
    ///   - logger: hears of changes, and of what goes wrong.
    ///   - now: the clock.
    package init(
        _ state: StateDatabase,
        _ registry: RegistryClient,
        web: @escaping @Sendable () throws -> WebReader,
        interval: TimeInterval,
        logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.state = state
        application = RecipeApplication(state, registry, now: now)
        self.web = web
        self.interval = interval
        self.logger = logger
        self.now = now
    }

    /// Looks at every recipe once, at all of them at the same time. Throws `CancellationError`, and `StateError` where the
    /// database cannot be read.
    package func run() async throws {
        let recipes = try await state.recipes.recipes()
        await withDiscardingTaskGroup { group in
            for recipe in recipes where inWork.insert(recipe.id).inserted {
                group.addTask { await self.look(at: recipe) }
            }
        }
        try Task.checkCancellation()
    }

    /// Looks at every recipe again and again: none waits for another one's server or registry, and one that is still being looked
    /// at is not begun again. Throws `CancellationError` alone.
    package func run(every pause: Duration) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                do {
                    for recipe in next(of: try await state.recipes.recipes()) {
                        group.addTask { await self.look(at: recipe) }
                    }
                } catch {
                    try Task.checkCancellation()
                    logger.error("recipes are not read again this time", metadata: ["reason": "\(error)"])
                }
                try await Task.sleep(for: pause)
            }
        }
    }

    /// Those to begin now: the places that are free are for those that have waited longest.
    private func next(of recipes: [AppliedRecipe]) -> [AppliedRecipe] {
        let waiting = recipes.filter { !inWork.contains($0.id) }.sorted { (begun[$0.id] ?? 0) < (begun[$1.id] ?? 0) }
        let next = waiting.prefix(max(0, Self.concurrency - inWork.count))
        looks += 1
        for recipe in next {
            inWork.insert(recipe.id)
            begun[recipe.id] = looks
        }
        return Array(next)
    }

    private func look(at recipe: AppliedRecipe) async {
        defer { inWork.remove(recipe.id) }
        let name = recipe.origin.source
        do {
            let troubles = try await refresh(recipe)
            if let troubles { left[name] = troubles }
            tell(troubles, of: recipe)
            await note(left[name] ?? [], of: recipe)
        } catch {
            if Task.isCancelled { return }
            let troubles = ["it stays as it was applied last: \(error)"]
            tell(troubles, of: recipe)
            await note(troubles, of: recipe)
        }
    }

    /// For whoever asks later how it went.
    private func note(_ troubles: [String], of recipe: AppliedRecipe) async {
        do {
            let text = troubles.joined(separator: "; ")
            try await state.recipes.noteReading(of: recipe.id, trouble: text, at: now())
        } catch {
            logger.warning("the recipe \(recipe.origin.source): that it was read could not be noted: \(error)")
        }
    }

    /// Applies a recipe if there is a reason to, and returns what went wrong; nil where nothing was done.
    private func refresh(_ recipe: AppliedRecipe) async throws -> [String]? {
        let (origin, name) = (recipe.origin, recipe.origin.source)
        let source = try RecipeSource(name, folder: "/")
        let text = try await source.read(after: texts[name], web)
        // What was told was told of another text.
        if texts[name]?.digest != text.digest { told[name] = nil }
        texts[name] = text
        let isApplied = text.digest.description == origin.textDigest
        if isApplied { (refused[name], applied[name]) = (nil, text) }
        let isSame = isApplied && !recipe.inherits
        guard isSettled(text, of: name) || isSame else { return nil }
        let isOpen =
            recipe.goneCount > 0 || unfinished.contains(name) || text.recipe.entries.contains { $0.tags != nil }
        let isDue = looked[name].map { now().timeIntervalSince($0) >= interval } ?? true
        guard !isSame && refused[name] != text.digest || isOpen && isDue else { return nil }
        if !isSame || isDue { looked[name] = now() }
        let request = try RecipeApplication.Request(
            text,
            from: source,
            repository: origin.repository,
            keepsGoing: origin.keepsGoing,
            defaults: RecipeDefaults(origin)
        )
        let report: RecipeApplication.Report
        do {
            try RecipeCaution.check(text, since: origin)
            try RecipeCaution.check(text, after: applied[name], since: origin)
            report = try await application.apply(request, isRehearsal: false, following: recipe)
        } catch is RecipeSuperseded {
            return nil
        } catch let caution as RecipeCaution {
            refused[name] = text.digest
            throw caution
        }
        if report.outcome.isApplied { applied[name] = text }
        if report.outcome.isApplied, !report.plan.isEmpty {
            logger.notice("the recipe \(name) was applied again: \(report.plan.summary)\(report.plan.examples)")
        }
        // A process that works on a desiderata is soon done.
        if report.outcome.busy.isEmpty {
            unfinished.remove(name)
        } else {
            unfinished.insert(name)
            looked[name] = nil
        }
        return report.troubles
    }

    /// Whether nobody is writing the file of a text any more: it is some seconds old, or the same as at the last look.
    private func isSettled(_ text: RecipeText, of name: String) -> Bool {
        defer { seen[name] = text.digest }
        guard let modified = text.modified, seen[name] != text.digest else { return true }
        return now().timeIntervalSince(modified) >= Self.settling
    }

    private func tell(_ troubles: [String]?, of recipe: AppliedRecipe) {
        guard let troubles, told[recipe.origin.source] ?? [] != troubles else { return }
        told[recipe.origin.source] = troubles
        for trouble in troubles { logger.warning("the recipe \(recipe.origin.source): \(trouble)") }
    }
}

extension RecipePlan {
    /// `; removed: A, B and 3 others; added: C`: the first images of those that changed.
    fileprivate var examples: String {
        let words: [(Action, String)] = [
            (.removed, "removed"), (.passed, "passed to others"), (.gone, "gone for now"), (.changed, "changed"),
            (.added, "added"),
        ]
        let texts = words.compactMap { action, word -> String? in
            let images = items.filter { $0.action == action }.map { Printable.text($0.image.text, limit: 280) }
            if images.isEmpty { return nil }
            let more = images.count > Self.exampleCount ? " and \(images.count - Self.exampleCount) others" : ""
            return "; \(word): \(images.prefix(Self.exampleCount).joined(separator: ", "))\(more)"
        }
        return texts.joined()
    }

    private static let exampleCount = 8

    /// `2 added, 1 removed, 12 as before`; nothing that there is none of.
    package var summary: String {
        let words: [(Action, String)] = [
            (.added, "added"), (.adopted, "adopted"), (.changed, "changed"), (.returned, "returned"),
            (.removed, "removed"),
            (.gone, "gone for now"), (.passed, "passed to others"), (.kept, "as before"), (.left, "left to others"),
            (.waiting, "being converted"), (.refused, "refused"),
        ]
        let text = words.map { (count($0), $1) }.filter { $0.0 > 0 }.map { "\($0) \($1)" }.joined(separator: ", ")
        return text.isEmpty ? "no image" : text
    }
}

extension RecipeApplication.Report {
    /// What was left as it is that should have been done, a line each.
    package var troubles: [String] {
        [outcome.excess.map { "nothing was changed: \($0)" }].compactMap(\.self)
            + plan.failures.map { "line \($0.entry.position.line) keeps what it selected before: \($0.error)" }
            + outcome.refusals.map { "\($0.input.text) is left out: \($0.error)" }
            + outcome.busy.map { "desiderata \($0) is being converted and stays as it is for now" }
    }
}

extension RecipeDefaults {
    /// What the command said that applied a recipe last.
    init(_ origin: RecipeOrigin) {
        self.init()
        formats = origin.formats?.all.map(\.name)
        platforms = origin.platforms
        allowsPrivate = origin.allowsPrivate
    }
}
