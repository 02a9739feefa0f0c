package import Plumbing

/// What was brought into another form.
package struct RewrittenRows: Sendable, Equatable {
    /// How many names became files of their own, by the roots of the catalogs that they are in.
    package internal(set) var splitNames: [BytePath: Int] = [:]
    /// How many markers of nested catalogs were shown or hidden.
    package internal(set) var markers = 0

    /// Whether everything was as it should be.
    package var isEmpty: Bool { splitNames.isEmpty && markers == 0 }

    init() {}
}
