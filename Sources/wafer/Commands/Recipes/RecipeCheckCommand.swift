import ArgumentParser
import Conversion
import Logging
import Plumbing
import Recipes

/// Looks for mistakes in recipes.
struct RecipeCheckCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for mistakes in recipes; ask no registry.",
        usage: "wafer recipe check <recipe> ... [--format <form>]",
        discussion: """
            A line for each mistake, FILE:LINE:COLUMN: and what to do, and one for each
            recipe without any. Needs no database. Exit status 1 where there is one.

            EXAMPLES:
              wafer recipe check images.yaml
              wafer recipe check docker_images.txt
            """
    )

    @Argument(
        help: ArgumentHelp("Files, or addresses that begin with https://.", valueName: "recipe"),
        completion: .file()
    )
    var sources: [String]

    @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
    var format = ReportFormat.text

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        var count = 0
        var documents: [JSONValue] = []
        for name in sources {
            let logger = global.logger
            let text = try await RecipeSource(named: name).read { try network.webReader(logger) }
            let recipe = Self.checked(text.recipe)
            count += recipe.faults.count
            documents.append(Self.json(recipe.recipe, recipe.faults, name))
            guard format == .text else { continue }
            for remark in recipe.recipe.remarks { logger.warning("\(Printable.text(name)):\(remark)") }
            for fault in recipe.faults { try StandardOutput.line("\(name):\(fault)") }
            if recipe.faults.isEmpty { try StandardOutput.line("\(name): \(Self.summary(recipe.recipe))") }
        }
        if format == .json { try StandardOutput.line(JSONValue.array(documents).text()) }
        guard count > 0 else { return }
        throw ConversionError(
            "\(Counted.text(count, "mistake")) in \(sources.count == 1 ? "the recipe" : "the recipes")"
        )
    }

    /// The faults of a recipe, and that its repository cannot have its name.
    private static func checked(_ recipe: Recipe) -> (recipe: Recipe, faults: [String]) {
        var faults = recipe.faults.map(\.description)
        if recipe.entries.isEmpty, recipe.faults.isEmpty {
            faults.append("1:1: it has no image: name one; `wafer recipe remove` removes the desideratas of a recipe")
        }
        if let fault = recipe.repository.flatMap(RecipeOptions.fault) {
            faults.append("\(recipe.repositoryPosition?.description ?? "1:1"): \(fault)")
        }
        return (recipe, faults)
    }

    private static func summary(_ recipe: Recipe) -> String {
        let ruled = recipe.entries.count { $0.tags != nil }
        let rules = ruled == 0 ? "" : ", \(ruled) with rules for tags"
        let place = recipe.repository.map { ", for \($0)" } ?? ""
        return "\(recipe.form.rawValue), \(Counted.text(recipe.entries.count, "entry", "entries"))\(rules)\(place)"
    }

    private static func json(_ recipe: Recipe, _ faults: [String], _ name: String) -> JSONValue {
        .object([
            "source": .string(name), "form": .string(recipe.form.rawValue),
            "repository": recipe.repository.map(JSONValue.string) ?? .null,
            "entries": .integer(Int64(recipe.entries.count)), "faults": .array(faults.map(JSONValue.string)),
        ])
    }
}
