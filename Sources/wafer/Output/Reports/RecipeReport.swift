import Conversion
import Logging
import Plumbing
import Recipes
import State

/// What applying a recipe did, or would do.
struct RecipeReport {
    let request: RecipeApplication.Request
    let report: RecipeApplication.Report
    let isRehearsal: Bool
    /// Whether every tag is told of.
    var showsTags = false

    private var plan: RecipePlan { report.plan }
    private var source: String { request.source.description }

    /// The images that are wanted afterwards, whoever wants them.
    var wanted: [StoredReference] {
        plan.items.filter { $0.action != .removed && $0.action != .gone }.map(\.image)
    }

    /// Whether something was left as it is that should have been done.
    var isIncomplete: Bool {
        !plan.failures.isEmpty || !report.outcome.busy.isEmpty || !report.outcome.refusals.isEmpty
            || !request.text.recipe.faults.isEmpty
    }

    /// Why nothing was done at all, though it should have been.
    var fault: String? {
        if let excess = report.outcome.excess {
            return "nothing \(isRehearsal ? "would be" : "was") changed: \(excess)"
        }
        guard let first = report.outcome.refusals.first, !request.keepsGoing else { return nil }
        let others = report.outcome.refusals.count - 1
        let more = others == 0 ? "" : " (and \(Counted.text(others, "other image")))"
        return
            "nothing \(isRehearsal ? "would be" : "was") changed: \(first.input.text)\(more): \(first.error), or leave out what "
            + "cannot be added with --keep-going"
    }

    /// The lines of a person's report.
    var text: String {
        var text = ""
        if showsTags {
            for selection in plan.selections { text += Self.text(selection) }
        }
        for item in plan.items where ![.kept, .refused].contains(item.action) {
            let word = item.action.rawValue.padding(to: 8)
            let reason = [item.position.map { "line \($0.line)" }, item.reason].compactMap(\.self).joined(
                separator: ": "
            )
            text +=
                "\(word)\(Printable.text(item.image.text))" + (reason.isEmpty ? "" : "  (\(Printable.text(reason)))")
                + "\n"
        }
        return text + summary + "\n"
    }

    private var summary: String {
        let name = Printable.text(source)
        return report.outcome.isApplied
            ? "applied \(name) to \(request.repository): \(plan.summary)"
            : "\(name) would make in \(request.repository): \(plan.summary); nothing was changed"
    }

    private static func text(_ overlap: RecipePlan.Overlap) -> String {
        let (entry, winner) = (overlap.entry, overlap.winner)
        let what = overlap.count == 1 ? "" : " and \(Counted.text(overlap.count - 1, "other image"))"
        return "\(entry.position): this entry is passed over for \(Printable.text(overlap.example.text))\(what): line "
            + "\(winner.position.line) selects it with other \(entry.difference(from: winner).joined(separator: ", ")), and counts"
    }

    private static func text(_ selection: RecipePlan.Selection) -> String {
        let head = "line \(selection.entry.position.line): \(Printable.text(selection.entry.text))"
        guard case .success(let decisions) = selection.decisions else { return "\(head): its tags are not known\n" }
        let width = decisions.map(\.tag.count).max() ?? 0
        let count = "\(decisions.count { $0.isSelected }) of \(Counted.text(decisions.count, "tag"))"
        return "\(head): \(count)\n"
            + decisions.map {
                "  \($0.isSelected ? "+" : "-") \($0.tag.padding(to: width))  \($0.reason)\n"
            }.joined()
    }

    /// Warns of what was left out, and of users that are not there.
    func tell(_ logger: Logger, _ database: StateDatabase) async throws {
        let name = Printable.text(source)
        for remark in request.text.recipe.remarks { logger.warning("\(name):\(remark)") }
        for fault in request.text.recipe.faults { logger.warning("left out: \(name):\(fault)") }
        for overlap in plan.overlaps { logger.warning("\(name):\(Self.text(overlap))") }
        for (entry, error) in plan.failures {
            logger.warning(
                "\(name):\(entry.position): what it selected before stays as it is: \(ErrorText.describe(error))"
            )
        }
        if fault == nil {
            for refusal in report.outcome.refusals {
                logger.warning("left out: \(refusal.input.text): \(refusal.error)")
            }
        }
        for id in report.outcome.busy {
            logger.warning("desiderata \(id) is being converted and stays as it is: apply the recipe again afterwards")
        }
        if try await database.registrations.findRepository(request.repository) == nil {
            logger.warning(
                "repository \(request.repository) is not registered: `wafer repository create \(request.repository) --storage DIR`"
            )
        }
        var told: Set<String> = []
        for wish in plan.change.added + plan.change.changed.values {
            for reference in [wish.input, wish.output].compactMap(\.self) {
                guard let user = reference.user, told.insert("\(user) \(reference.canonicalRegistry)").inserted else {
                    continue
                }
                do {
                    _ = try await database.credentials(for: reference)
                } catch let error as ConversionError {
                    logger.warning("\(error)")
                }
            }
        }
    }

    /// The report for scripts.
    var json: JSONValue {
        .object([
            "source": .string(source), "repository": .string(request.repository),
            "form": .string(request.text.recipe.form.rawValue), "applied": .bool(report.outcome.isApplied),
            "images": .array(plan.items.map(Self.json)), "selections": .array(plan.selections.map(Self.json)),
            "passed_over": .array(plan.overlaps.map { .string(Self.text($0)) }),
            "faults": .array(request.text.recipe.faults.map { .string($0.description) }),
            "refused": .array(
                report.outcome.refusals.map {
                    .object(["image": .string($0.input.text), "error": .string($0.error.description)])
                }
            ),
            "busy": .array(report.outcome.busy.map(JSONValue.integer)),
            "excess": report.outcome.excess.map { .string($0.description) } ?? .null,
        ])
    }

    private static func json(_ item: RecipePlan.Item) -> JSONValue {
        .object([
            "action": .string(item.action.rawValue), "image": .string(item.image.text),
            "desiderata": item.desiderata.map(JSONValue.integer) ?? .null,
            "line": item.position.map { .integer(Int64($0.line)) } ?? .null,
            "reason": item.reason.map(JSONValue.string) ?? .null,
        ])
    }

    private static func json(_ selection: RecipePlan.Selection) -> JSONValue {
        var members: [String: JSONValue] = [
            "line": .integer(Int64(selection.entry.position.line)), "image": .string(selection.entry.text),
            "tags": .array([]), "error": .null,
        ]
        switch selection.decisions {
        case .success(let decisions):
            members["tags"] = .array(
                decisions.map {
                    .object(["tag": .string($0.tag), "selected": .bool($0.isSelected), "reason": .string($0.reason)])
                }
            )
        case .failure(let error): members["error"] = .string(ErrorText.describe(error))
        }
        return .object(members)
    }
}

extension String {
    /// With blanks behind it, up to a width.
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
