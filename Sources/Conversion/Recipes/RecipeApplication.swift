package import Foundation
import OCI
import Plumbing
package import Recipes
package import Registry
package import State

/// Applies recipes to a database.
package struct RecipeApplication: Sendable {
    /// A recipe with what it is applied as.
    package struct Request: Sendable {
        /// Where it comes from.
        package let source: RecipeSource
        /// Its text.
        package let text: RecipeText
        /// The fully qualified name of the CVMFS repository.
        package let repository: String
        /// Whether what cannot be read or added is left out.
        package let keepsGoing: Bool
        /// Whether desideratas that somebody added by hand become the recipe's where it names them.
        package let adopts: Bool
        /// What is made of the images of a recipe that cannot say it.
        package let defaults: RecipeDefaults

        /// A request. `repository` is for recipes that name none. Throws ``ConversionError`` where no repository is named, or
        /// two are, and where the recipe has faults that it cannot be applied with.
        package init(
            _ text: RecipeText,
            from source: RecipeSource,
            repository: String?,
            keepsGoing: Bool,
            adopts: Bool = false,
            defaults: RecipeDefaults = RecipeDefaults()
        ) throws {
            self.source = source
            self.defaults = defaults
            do throws(RecipeFault) {
                self.text = try text.with(defaults)
            } catch {
                throw ConversionError("\(Printable.text(source.description)): \(error.problem)")
            }
            self.keepsGoing = keepsGoing
            self.adopts = adopts
            let faults = text.recipe.faults.filter { !keepsGoing || !$0.isOfEntry }
            if let fault = faults.first {
                let name = Printable.text(source.description)
                let more =
                    faults.count > 1 ? " (and \(faults.count - 1) more: `wafer recipe check \(name)` names all)" : ""
                let step = faults.allSatisfy(\.isOfEntry) ? "; --keep-going leaves such entries out" : ""
                throw ConversionError("\(name):\(fault)\(more)\(step)")
            }
            guard !text.recipe.entries.isEmpty else {
                let name = Printable.text(source.description)
                throw ConversionError("\(name) has no image: `wafer recipe remove \(name)` removes its desideratas")
            }
            if let own = text.recipe.repository, let repository, own != repository {
                throw ConversionError(
                    "\(Printable.text(source.description)) is for the repository \(Printable.text(own)), not \(repository): "
                        + "leave --repository out"
                )
            }
            guard let name = text.recipe.repository ?? repository else {
                throw ConversionError(
                    "\(Printable.text(source.description)) is a list of images, which names no repository: name it with "
                        + "--repository"
                )
            }
            self.repository = name
        }

        fileprivate var origin: RecipeOrigin {
            var origin = RecipeOrigin(
                source: source.description,
                form: text.recipe.form.rawValue,
                repository: repository,
                keepsGoing: keepsGoing,
                textDigest: text.digest.description
            )
            origin.formats = defaults.formats.map { OutputFormats($0.map(OutputFormat.init(name:))) }
            origin.platforms = defaults.platforms
            origin.allowsPrivate = defaults.allowsPrivate
            origin.limits = RecipeLimits(images: text.recipe.maximumImages, bytes: text.recipe.maximumBytes)
            return origin
        }
    }

    /// What was done, or would be.
    package struct Report: Sendable {
        /// What was wanted.
        package let plan: RecipePlan
        /// What the database says of it.
        package let outcome: RecipeOutcome
    }

    private let state: StateDatabase
    private let registry: RegistryClient
    private let now: @Sendable () -> Date

    /// Applies recipes to a database; tags are asked for with `registry`.
    package init(
        _ state: StateDatabase,
        _ registry: RegistryClient,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.state = state
        self.registry = registry
        self.now = now
    }

    /// Asks registries for their tags, makes a plan and does it, all or nothing; with `isRehearsal` only tells of it.
    ///
    /// An entry whose registry does not give its whole list of tags keeps what it selected before. Throws ``ConversionError``
    /// and `StateError` where the recipe cannot be applied: nothing is changed then.
    ///
    /// Where a loop follows a recipe, `seen` is how that was applied before: ``RecipeCaution`` is thrown for what is left to a
    /// person, and ``RecipeSuperseded`` where somebody applied or removed it since.
    package func apply(
        _ request: Request,
        isRehearsal: Bool,
        following seen: AppliedRecipe? = nil
    ) async throws -> Report {
        let recipe = request.text.recipe
        let selections = try await RecipeListings(state, registry).selections(of: recipe.entries)
        let recipes = try await state.recipes.recipes()
        let former = recipes.first { $0.origin.source == request.source.description }
        if let former, former.origin.repository != request.repository, former.count > 0 {
            throw ConversionError(
                "this recipe was applied to the repository \(former.origin.repository), and is for \(request.repository) now: "
                    + "remove it first with `wafer recipe remove \(request.source)`"
            )
        }
        var planning = RecipePlanning(recipe, selections, adopts: request.adopts, now: now())
        let plan = try planning.plan(
            try await state.recipes.members(of: request.repository),
            of: former?.id,
            names: Dictionary(uniqueKeysWithValues: recipes.map { ($0.id, $0.origin.source) })
        )
        if let seen {
            guard former?.appliedAt == seen.appliedAt else { throw RecipeSuperseded() }
            try RecipeCaution.check(plan, of: request.text, since: seen.origin)
        }
        let outcome = try await state.recipes.apply(
            plan.change,
            of: request.origin,
            isRehearsal: isRehearsal,
            at: now()
        )
        return Report(plan: plan.settled(by: outcome), outcome: outcome)
    }
}
