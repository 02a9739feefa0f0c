import Foundation
import OCI
import Plumbing
import Recipes
import Registry
import State

/// What registries have of the image repositories that a recipe's rules select from.
struct RecipeListings: Sendable {
    /// An image repository and who reads it.
    struct Key: Hashable, Sendable {
        let repository: String
        let user: String?

        init(_ entry: RecipeEntry) {
            repository = "\(entry.image.scheme.rawValue)://\(entry.image.canonicalHost)/\(entry.image.repository)"
            user = entry.options.user
        }
    }

    /// Lists that are asked for at the same time; each registry has its own pace besides.
    private static let concurrency = 8

    private let state: StateDatabase
    private let registry: RegistryClient

    init(_ state: StateDatabase, _ registry: RegistryClient) {
        self.state = state
        self.registry = registry
    }

    /// What becomes of the tags of each entry that has rules, or why its registry does not tell, by the entry's place.
    ///
    /// Throws `CancellationError` alone: a list that is not complete is a failure of its entries.
    func selections(of entries: [RecipeEntry]) async throws -> [Int: Result<[TagDecision], any Error>] {
        let ruled = entries.indices.filter { entries[$0].tags != nil }
        var firsts: [Key: RecipeEntry] = [:]
        for place in ruled where firsts[Key(entries[place])] == nil { firsts[Key(entries[place])] = entries[place] }
        let lists = try await limited(firsts.map { ($0, $1) }) { _, entry in try await tags(entry) }
        return try await limited(ruled.map { ($0, entries[$0]) }) { _, entry in
            guard let rules = entry.tags, let list = lists[Key(entry)] else { return [] }
            let tags = try list.get()
            return rules.decide(tags, created: try await times(of: rules.undated(tags), entry))
        }
    }

    /// Whole lists only. A registry that has lost an image's tags does not take the images away.
    private func tags(_ entry: RecipeEntry) async throws -> [String] {
        let credentials = try await state.credentials(for: StoredReference(entry.image, user: entry.options.user))
        let tags = try await registry.tags(of: entry.image, credentials: credentials)
        guard !tags.isEmpty else {
            throw ConversionError(
                "\(entry.image.registry)/\(entry.image.repository) has no tag at all: remove the entry if that is meant"
            )
        }
        return tags
    }

    /// When the images of tags were made: the newest of the wanted platforms.
    private func times(of tags: [String], _ entry: RecipeEntry) async throws -> [String: Date] {
        let credentials = try await state.credentials(for: StoredReference(entry.image, user: entry.options.user))
        let platforms = entry.options.platforms
        let wanted: WantedPlatforms = platforms == ["all"] ? .all : .these(try platforms.map(Platform.init(parsing:)))
        let found = try await limited(tags.map { ($0, entry) }) { tag, entry in
            let name = try entry.image.tagged(tag)
            let images = try await registry.open(.registry(name), credentials: credentials).resolve(wanted)
            guard let time = images.compactMap({ Self.time($0.configuration.created) }).max() else {
                let text = images.first?.configuration.created.map { Printable.text($0, limit: 40) } ?? "null"
                throw ConversionError(
                    "\(name) does not say when it was made (created: \(text)): exclude its tag, or leave newest out"
                )
            }
            return time
        }
        var times: [String: Date] = [:]
        for tag in tags { times[tag] = try found[tag]?.get() }
        return times
    }

    /// Reads RFC 3339; fractions of a second do not count.
    private static func time(_ text: String?) -> Date? {
        guard let text else { return nil }
        let whole = text.replacing(#/\.[0-9]+/#, with: "")
        return try? Date(whole, strategy: .iso8601)
    }

    /// Does a few things at a time, each for itself: one that fails is a result.
    private func limited<ID: Hashable & Sendable, Value: Sendable>(
        _ items: [(ID, RecipeEntry)],
        _ body: @escaping @Sendable (ID, RecipeEntry) async throws -> Value
    ) async throws -> [ID: Result<Value, any Error>] {
        try await withThrowingTaskGroup(of: (ID, Result<Value, any Error>).self) { group in
            var results: [ID: Result<Value, any Error>] = [:]
            for (number, (id, entry)) in items.enumerated() {
                if number >= Self.concurrency, let (id, result) = try await group.next() { results[id] = result }
                group.addTask {
                    do {
                        return (id, .success(try await body(id, entry)))
                    } catch {
                        return (id, .failure(error))
                    }
                }
            }
            for try await (id, result) in group { results[id] = result }
            try Task.checkCancellation()
            return results
        }
    }
}
