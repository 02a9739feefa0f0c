import CVMFS
import Testing

/// A change of one catalog of the stock repository and what a check must say to it.
struct BrokenRule: CustomTestStringConvertible, Sendable {
    let catalog: String
    let sql: String
    /// Every line of the report, in its order.
    let faults: [String]

    init(_ catalog: String, _ sql: String, _ faults: String...) {
        self.catalog = catalog
        self.sql = sql
        self.faults = faults
    }

    var testDescription: String { "\(catalog): \(sql)" }

    /// Applies the change and compares the report, whole.
    func verify() async throws {
        let editor = try await RepositoryEditor()
        try await editor.editCatalog(catalog, sql)
        #expect(try editor.faults() == faults)
    }
}
