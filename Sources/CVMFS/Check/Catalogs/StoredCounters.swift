/// The `statistics` table of a catalog as it is, complete or not.
struct StoredCounters {
    private var values: [String: Int64] = [:]
    private let schemaRevision: Int

    init(_ catalog: Catalog) throws {
        var values: [String: Int64] = [:]
        try catalog.database.prepare("SELECT counter, value FROM statistics").forEach { row in
            values[row.string(0)] = row.integer(1)
        }
        self.values = values
        schemaRevision = catalog.schemaRevision
    }

    /// Reports every number that is missing or is another than the rows say. `prefix` is `self_` or `subtree_`.
    func compare(_ prefix: String, with actual: Counters, _ path: String, _ faults: FaultCollector) {
        for name in Counters.Name.allCases {
            guard let value = values[prefix + name.rawValue] else {
                if schemaRevision >= name.firstSchemaRevision {
                    faults.add(.counters, path, "lacks the counter \(prefix)\(name.rawValue)")
                }
                continue
            }
            if value != actual[name] {
                faults.add(.counters, path, "\(prefix)\(name.rawValue) is \(value), the rows say \(actual[name])")
            }
        }
    }
}

extension Counters {
    /// The sum with another's numbers; those of a damaged catalog may be absurd and must not end the process.
    func wrappingSum(with other: Counters) -> Counters {
        var sum = self
        for name in Name.allCases { sum[name] &+= other[name] }
        return sum
    }
}
