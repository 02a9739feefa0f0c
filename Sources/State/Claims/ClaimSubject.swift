/// What only one process may work on at a time.
package enum ClaimSubject: Sendable, Hashable, CustomStringConvertible {
    /// One desiderata.
    case desiderata(Int64)
    /// The `loop` of this database.
    case loop

    /// For messages.
    package var description: String {
        switch self {
        case .desiderata(let id): "desiderata \(id)"
        case .loop: "the loop of this database"
        }
    }

    /// The columns `kind` and `desiderata` of the table `claim`.
    var key: (kind: String, desiderata: Int64?) {
        switch self {
        case .desiderata(let id): ("desiderata", id)
        case .loop: ("loop", nil)
        }
    }
}
