import Conversion
import Foundation
import Logging
import OCI
import Plumbing
import Recipes
import Registry
import State
import SystemPackage

/// Looks at the recipes of a repository: whether they can be read, how it went the last time, and how near their limits are.
struct RecipeDoctor {
    let database: StateDatabase
    let fqrn: String
    let network: NetworkOptions
    let logger: Logger

    /// Above this part of a limit, the next images may not fit.
    private static let near = 0.9

    func examine() async throws -> [DoctorCheck] {
        let recipes = try await database.recipes.recipes().filter { $0.origin.repository == fqrn }
        var checks: [DoctorCheck] = []
        for recipe in recipes {
            checks.append(await source(recipe))
            if let limits = try await limits(recipe) { checks.append(limits) }
        }
        return checks
    }

    private func name(_ recipe: AppliedRecipe) -> String { "recipe \(recipe.origin.source)" }

    /// Whether it can be read now, and what was wrong when a loop applied it.
    private func source(_ recipe: AppliedRecipe) async -> DoctorCheck {
        let name = name(recipe)
        let source = Printable.text(recipe.origin.source)
        do {
            let (network, logger) = (network, logger)
            let text = try await RecipeSource(recipe.origin.source, folder: "/").read {
                try network.webReader(logger)
            }
            let faults = text.recipe.faults.filter { !recipe.origin.keepsGoing || !$0.isOfEntry }
            if let fault = faults.first {
                return .failed(
                    name,
                    "it cannot be applied: \(fault)",
                    remedy: "`wafer recipe check \(source)` names all"
                )
            }
            if let trouble = recipe.trouble {
                let when = (recipe.readAt ?? recipe.appliedAt).formatted(.iso8601)
                return .warning(name, "at \(when): \(trouble)", remedy: "`wafer recipe diff \(source)` tells more")
            }
            guard text.digest.description == recipe.origin.textDigest else {
                let remedy = "`wafer recipe apply \(source)`, or let wafer loop do it"
                return .warning(name, "it was changed since it was applied", remedy: remedy)
            }
            let readAt = (recipe.readAt ?? recipe.appliedAt).formatted(.iso8601)
            return .ok(name, "\(Counted.text(recipe.count, "desiderata")), read \(readAt)")
        } catch {
            let what = "it stays as it was applied last, since it cannot be read: \(ErrorText.describe(error))"
            return .failed(name, what, remedy: "bring it back there, or `wafer recipe remove \(source)`")
        }
    }

    /// How much of its limits it has; nil for one without.
    private func limits(_ recipe: AppliedRecipe) async throws -> DoctorCheck? {
        let (limits, name) = (recipe.origin.limits, "limits of \(name(recipe))")
        var texts: [String] = []
        var isNear = false
        if let most = limits.images {
            texts.append("\(recipe.count) of \(most) images")
            isNear = Double(recipe.count) > Self.near * Double(most)
        }
        if let most = limits.bytes {
            let use = try await database.recipes.use(of: recipe.id)
            let unknown = use.unknownImages > 0 ? ", of \(Counted.text(use.unknownImages, "image")) not known" : ""
            texts.append("\(ByteCount.text(use.bytes)) of \(ByteCount.text(most)) of layers\(unknown)")
            isNear = isNear || Double(use.bytes) > Self.near * Double(most)
        }
        guard !texts.isEmpty else { return nil }
        let text = texts.joined(separator: "; ")
        let remedy = "narrow its rules, or raise max-images or max-bytes in it, before images are refused"
        return isNear ? .warning(name, text, remedy: remedy) : .ok(name, text)
    }
}
