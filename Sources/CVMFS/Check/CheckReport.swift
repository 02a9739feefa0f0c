/// What a check found.
package struct CheckReport: Sendable {
    /// What is wrong, in a stable order.
    package let faults: [CheckFault]
    /// How many more faults there are than ``faults`` holds.
    package let omittedFaults: Int
    /// The catalogs of the published revision.
    package let catalogs: Int
    /// Their rows.
    package let entries: Int64
    /// Different objects that were looked at.
    package let objects: Int

    /// Whether nothing is wrong.
    package var isSound: Bool { faults.isEmpty }
}
