import Plumbing
import Recipes
import State

/// What a text would do that is rather a mistake: where nobody looks on, it is not done, and the command that does it is named.
struct RecipeCaution: Error, Equatable, CustomStringConvertible {
    /// A lower-case sentence.
    let description: String

    private init(_ problem: String, _ origin: RecipeOrigin, isList: Bool) {
        let repository = isList ? " --repository \(origin.repository)" : ""
        description =
            "\(problem): `wafer recipe apply \(Printable.text(origin.source))\(repository)` does it, if that is meant"
    }

    /// Throws where the text has another form than the one that was applied: a list and a recipe are not taken for each other by
    /// chance.
    static func check(_ text: RecipeText, since origin: RecipeOrigin) throws(RecipeCaution) {
        let form = text.recipe.form
        guard form.rawValue != origin.form else { return }
        throw RecipeCaution("its form is \(form.rawValue) now, and was \(origin.form)", origin, isList: form == .list)
    }

    /// Throws where the text is the beginning of the one that was applied and ends within a line: the rest is missing.
    static func check(_ text: RecipeText, after former: RecipeText?, since origin: RecipeOrigin) throws(RecipeCaution) {
        guard let former, text.bytes.count < former.bytes.count, former.bytes.starts(with: text.bytes) else { return }
        let newline = UInt8(ascii: "\n")
        guard text.bytes.last != newline, former.bytes[text.bytes.count] != newline else { return }
        throw RecipeCaution(
            "it ends within line \(text.bytes.count { $0 == newline } + 1)",
            origin,
            isList: text.recipe.form == .list
        )
    }

    /// Throws where nothing stays of what the recipe has, and no tag takes the place of another one.
    static func check(_ plan: RecipePlan, of text: RecipeText, since origin: RecipeOrigin) throws(RecipeCaution) {
        let removed = plan.items.filter { $0.action == .removed }
        let stays: [RecipePlan.Action] = [.adopted, .changed, .returned, .kept, .gone]
        guard !removed.isEmpty, !plan.items.contains(where: { stays.contains($0.action) }) else { return }
        let repositories = Set(removed.map { ImageRepository($0) })
        guard !plan.items.contains(where: { $0.action == .added && repositories.contains(ImageRepository($0)) }) else {
            return
        }
        throw RecipeCaution(
            "it would remove all of its \(Counted.text(removed.count, "desiderata"))",
            origin,
            isList: text.recipe.form == .list
        )
    }

    private struct ImageRepository: Hashable {
        let registry: String
        let name: String

        init(_ item: RecipePlan.Item) {
            (registry, name) = (item.image.canonicalRegistry, item.image.repository)
        }
    }
}

/// That somebody applied or removed a recipe meanwhile: what was read before is old.
struct RecipeSuperseded: Error {}
