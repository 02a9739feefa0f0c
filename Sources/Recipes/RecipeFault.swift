/// What is wrong in a recipe, where, and what to write instead.
package struct RecipeFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where it is.
    package let position: RecipePosition
    /// What is wrong, and a suggestion where there is one. Safe to print.
    package let problem: String
    /// Whether only one entry is concerned: the others can be applied without it.
    package private(set) var isOfEntry = false
    /// The image of that entry as it was written; nil where there is none to be read.
    package private(set) var entry: String?

    /// A fault of the whole recipe.
    init(_ position: RecipePosition, _ problem: String) {
        self.position = position
        self.problem = problem
    }

    /// The same as one of an entry alone.
    func of(entry: String?) -> RecipeFault {
        var fault = self
        fault.isOfEntry = true
        fault.entry = entry
        return fault
    }

    /// `LINE:COLUMN: PROBLEM`: what shows it writes the file's name before it.
    package var description: String { "\(position): \(problem)" }
}
