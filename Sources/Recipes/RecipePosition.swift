/// A place in a recipe's text; both numbers begin with 1.
package struct RecipePosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The line.
    package let line: Int
    /// The column, counted in Unicode scalars.
    package let column: Int

    /// A place.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Order in the text.
    package static func < (left: RecipePosition, right: RecipePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    /// `LINE:COLUMN`.
    package var description: String { "\(line):\(column)" }
}
