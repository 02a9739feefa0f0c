package import Foundation
import GRDB

/// When a loop looks at a desiderata again.
package enum NextLook: Sendable, Hashable {
    /// In its next pass: nobody has, or something about it was changed.
    case now
    /// Not before.
    case at(Date)
    /// Not by itself: a digest stands for the same image for ever.
    case never

    /// What the database has for ``never``.
    static let end = "9999-12-31 23:59:59.999"

    /// What the database has, as it was at a time.
    init(stored: String?, at now: Date) {
        guard let stored else { self = .now; return }
        guard stored != Self.end else { self = .never; return }
        let date = Date.fromDatabaseValue(stored.databaseValue) ?? .distantPast
        self = date <= now ? .now : .at(date)
    }
}
