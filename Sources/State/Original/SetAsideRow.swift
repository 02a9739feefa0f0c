/// A row of the original program's database that Wafer cannot use: kept as it was, for the operator to look at.
package struct SetAsideRow: Sendable, Hashable {
    /// The original's table.
    package let table: String
    /// The row as a JSON object, column by column. Passwords are left out.
    package let content: String
    /// Why it could not be taken over.
    package let reason: String
}
