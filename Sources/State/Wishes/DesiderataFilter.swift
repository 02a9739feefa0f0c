import GRDB

/// Which desideratas somebody asks for; without anything said, all.
package struct DesiderataFilter: Sendable, Hashable {
    /// Those whose image comes from this registry, by its canonical host.
    package var registry: String?
    /// Those of this CVMFS repository.
    package var repository: String?
    /// Only those that are wanted now: not those of a recipe whose tag is gone, and that stay for a while.
    package var isWanted = false
    /// Those of this recipe, by its source.
    package var recipe: String?

    /// A filter by its parts.
    package init(registry: String? = nil, repository: String? = nil, recipe: String? = nil) {
        self.registry = registry
        self.repository = repository
        self.recipe = recipe
    }

    /// The same for a query that calls the input image `input`.
    var condition: (sql: String, arguments: StatementArguments) {
        let ofRecipe = """
            desiderata.id IN (SELECT desiderata FROM recipe_desiderata
                WHERE recipe = (SELECT id FROM recipe WHERE source = ?))
            """
        let parts = [
            ("input.canonical_registry = ?", registry), ("desiderata.cvmfs_repository = ?", repository),
            (ofRecipe, recipe),
        ]
        let wanted = parts.compactMap { condition, value in value.map { (condition, $0) } }
        let conditions = wanted.map(\.0) + (isWanted ? [Self.notGone] : [])
        guard !conditions.isEmpty else { return ("1", []) }
        return (conditions.joined(separator: " AND "), StatementArguments(wanted.map(\.1)))
    }

    /// That a desiderata is wanted now.
    static let notGone =
        "desiderata.id NOT IN (SELECT desiderata FROM recipe_desiderata WHERE gone_since IS NOT NULL)"
}

/// A part of a list.
package struct ListPage: Sendable, Hashable {
    /// So many of the first are left out.
    package var offset: Int
    /// So many follow at most; nil for all.
    package var limit: Int?

    /// All of it.
    package static let all = ListPage()

    /// A page by its parts.
    package init(offset: Int = 0, limit: Int? = nil) {
        self.offset = offset
        self.limit = limit
    }

    /// The same for a query. SQLite takes a negative limit for none.
    var clause: String { "LIMIT \(limit ?? -1) OFFSET \(offset)" }
}
