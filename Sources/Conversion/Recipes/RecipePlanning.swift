import Foundation
import OCI
import Plumbing
import Recipes
import State

/// Compares what a recipe selects with the desideratas there are. Pure.
struct RecipePlanning {
    /// What tells images apart for the database.
    private struct Key: Hashable {
        let image: String
        let user: String?

        init(_ reference: StoredReference) {
            image = "\(reference.scheme) \(ImageKey(reference).text)"
            user = reference.user
        }
    }

    /// What tells images apart for people: whoever fetches them, and how.
    private struct ImageKey: Hashable {
        let repository: String
        let text: String

        init(_ reference: StoredReference) {
            repository = "\(reference.canonicalRegistry)/\(reference.repository)"
            text = "\(repository):\(reference.tag ?? "")@\(reference.digest ?? "")"
        }
    }

    /// An image that an entry wants.
    private struct Wanted {
        let wish: RecipeWish
        let entry: RecipeEntry
        let reason: String?
    }

    private let recipe: Recipe
    private let selections: [Int: Result<[TagDecision], any Error>]
    private let adopts: Bool
    private let now: Date
    /// The entries of each image repository.
    private let places: [String: [Int]]
    /// What they say of images that they do not select, as far as somebody asked.
    private var known: [String: EntriesOfRepository] = [:]
    private var overlaps: [RecipePlan.Overlap] = []
    private var items: [RecipePlan.Item] = []
    private var change = RecipeChange()

    init(_ recipe: Recipe, _ selections: [Int: Result<[TagDecision], any Error>], adopts: Bool, now: Date) {
        self.recipe = recipe
        self.selections = selections
        self.adopts = adopts
        self.now = now
        places = Dictionary(grouping: recipe.entries.indices) {
            ImageKey(StoredReference(recipe.entries[$0].image, user: nil)).repository
        }
    }

    /// The plan for the recipe of this number (nil for one that was not applied yet). `others` are the names of the recipes.
    ///
    /// Throws ``ConversionError`` where the recipe selects more images than it may, and where a thin image has no name.
    mutating func plan(
        _ members: [RecipeStore.Member],
        of number: Int64?,
        names: [Int64: String]
    ) throws -> RecipePlan {
        let wanted = try wanted()
        let own = members.filter { $0.recipe != nil && $0.recipe == number }
        let adoptable = Dictionary(
            members.filter { adopts && $0.recipe == nil }.map { (Key($0.desiderata.input.reference), $0) }
        ) { first, _ in first }
        var ownByKey = Dictionary(own.map { (Key($0.desiderata.input.reference), $0) }) { first, _ in first }
        let others = Dictionary(
            members.filter { $0.recipe == nil || $0.recipe != number }
                .map { (ImageKey($0.desiderata.input.reference), $0) }
        ) { first, _ in first }
        var count = 0
        for wanted in wanted {
            if let member = ownByKey.removeValue(forKey: Key(wanted.wish.input)) {
                settle(wanted, member)
                count += 1
            } else if let member = adoptable[Key(wanted.wish.input)] {
                change.adopted.append(member.desiderata.id)
                settle(wanted, member)
                count += 1
            } else if let other = others[ImageKey(wanted.wish.input)] {
                let owner =
                    other.recipe.map { "to the recipe \(names[$0] ?? "")" }
                    ?? "to nobody's recipe: it was added by hand, and --adopt makes it this one's"
                if other.recipe != nil { change.left.append(other.desiderata.id) }
                add(.left, wanted.wish.input, other, wanted.entry, "desiderata \(other.desiderata.id) belongs \(owner)")
            } else {
                change.added.append(wanted.wish)
                add(.added, wanted.wish.input, nil, wanted.entry, wanted.reason)
                count += 1
            }
        }
        if let most = recipe.maximumImages, count > most {
            throw ConversionError(
                "the recipe selects \(Counted.text(count, "image")), and max-images is \(most): nothing was changed; narrow "
                    + "its rules, or raise max-images to \(count)"
            )
        }
        for member in own where ownByKey[Key(member.desiderata.input.reference)]?.desiderata.id == member.desiderata.id
        {
            leave(member)
        }
        let shown = recipe.entries.indices.compactMap { place in
            selections[place].map { RecipePlan.Selection(entry: recipe.entries[place], decisions: $0) }
        }
        change.isLeftWhole =
            recipe.faults.isEmpty && shown.allSatisfy { if case .success = $0.decisions { true } else { false } }
        return RecipePlan(items: items, selections: shown, overlaps: overlaps, change: change)
    }

    /// The images that the entries select, each once: what stands first counts.
    private mutating func wanted() throws -> [Wanted] {
        var wanted: [Wanted] = []
        var seen: [ImageKey: Int] = [:]
        for (place, entry) in recipe.entries.enumerated() {
            var images = [(image: entry.image, reason: nil as String?)]
            if entry.tags != nil {
                guard case .success(let decisions) = selections[place] else { continue }
                images = try decisions.filter(\.isSelected).map { (try entry.image.tagged($0.tag), $0.reason) }
            }
            for (image, reason) in images {
                let input = StoredReference(image, user: entry.options.user)
                if let winner = seen[ImageKey(input)] {
                    passOver(input, of: entry, for: recipe.entries[winner])
                    continue
                }
                seen[ImageKey(input)] = place
                wanted.append(Wanted(wish: try wish(input, image, entry), entry: entry, reason: reason))
            }
        }
        return wanted
    }

    /// Notes an image that an earlier entry has, where it has it with something else.
    private mutating func passOver(_ image: StoredReference, of entry: RecipeEntry, for winner: RecipeEntry) {
        guard !entry.difference(from: winner).isEmpty else { return }
        if let last = overlaps.indices.last, overlaps[last].entry == entry, overlaps[last].winner == winner {
            overlaps[last].count += 1
        } else {
            overlaps.append(RecipePlan.Overlap(entry: entry, winner: winner, count: 1, example: image))
        }
    }

    private func wish(
        _ input: StoredReference,
        _ image: ImageReference,
        _ entry: RecipeEntry
    ) throws -> RecipeWish {
        let options = entry.options
        do {
            return RecipeWish(
                input: input,
                output: try options.thin.map { StoredReference(try $0.name(for: image), user: $0.user) },
                formats: OutputFormats(options.formats.map(OutputFormat.init(name:))),
                platforms: options.platforms,
                allowsPrivate: options.allowsPrivate
            )
        } catch {
            throw ConversionError("the thin image of \(image) (line \(entry.position.line)) has no name: \(error)")
        }
    }

    /// What becomes of a desiderata that the recipe still wants.
    private mutating func settle(_ wanted: Wanted, _ member: RecipeStore.Member) {
        let (desiderata, wish) = (member.desiderata, wanted.wish)
        if member.goneSince != nil { change.returned.append(desiderata.id) }
        let differences = differences(desiderata, wish)
        if !differences.isEmpty { change.changed[desiderata.id] = wish }
        let action: RecipePlan.Action =
            if member.recipe == nil { .adopted } else if !differences.isEmpty { .changed } else {
                member.goneSince == nil ? .kept : .returned
            }
        let reason = differences.isEmpty ? wanted.reason : differences.joined(separator: "; ")
        add(action, wish.input, member, wanted.entry, reason)
    }

    private func differences(_ desiderata: Desiderata, _ wish: RecipeWish) -> [String] {
        func text(_ reference: StoredReference?) -> String {
            guard let reference else { return "none" }
            return reference.text + (reference.user.map { " (user \($0))" } ?? "")
        }
        let fields: [(String, String, String)] = [
            ("formats", desiderata.formats.description, wish.formats.description),
            ("platforms", desiderata.platforms.joined(separator: ","), wish.platforms.joined(separator: ",")),
            ("output image", text(desiderata.output?.reference), text(wish.output)),
            ("private", Self.privacy(desiderata.allowsPrivate), Self.privacy(wish.allowsPrivate)),
        ]
        return fields.compactMap { name, old, new in old == new ? nil : "\(name): \(new), before: \(old)" }
    }

    private static func privacy(_ isAllowed: Bool) -> String { isAllowed ? "allowed" : "refused" }

    /// What becomes of a desiderata that the recipe does not select any more.
    private mutating func leave(_ member: RecipeStore.Member) {
        let input = member.desiderata.input.reference
        let entries = entries(of: ImageKey(input).repository)
        if let reason = entries.reasonToKeep {
            add(.kept, input, member, nil, "as before, since \(reason)")
            return
        }
        let (entry, reason) = (entries.entry, entries.reason(for: input))
        let (keep, age) = (entry?.options.keep ?? 0, member.goneSince.map { now.timeIntervalSince($0) } ?? 0)
        guard keep > 0, age < Double(keep) else {
            change.removed.append(member.desiderata.id)
            add(.removed, input, member, entry, reason)
            return
        }
        if member.goneSince == nil { change.gone.append(member.desiderata.id) }
        let end = (member.goneSince ?? now).addingTimeInterval(Double(keep))
        add(.gone, input, member, entry, "\(reason); stays until \(end.formatted(.iso8601))")
    }

    private mutating func entries(of repository: String) -> EntriesOfRepository {
        if let entries = known[repository] { return entries }
        let entries = EntriesOfRepository(repository, recipe, at: places[repository] ?? [], selections)
        known[repository] = entries
        return entries
    }

    private mutating func add(
        _ action: RecipePlan.Action,
        _ image: StoredReference,
        _ member: RecipeStore.Member?,
        _ entry: RecipeEntry?,
        _ reason: String?
    ) {
        items.append(
            RecipePlan.Item(
                action: action,
                image: image,
                desiderata: member?.desiderata.id,
                position: entry?.position,
                reason: reason
            )
        )
    }
}
