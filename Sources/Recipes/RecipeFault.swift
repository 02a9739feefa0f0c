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

    /// Whether that entry can be read, and an earlier one counts instead.
    package private(set) var isPassedOver = false

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

    /// The fault of an entry that names an image which an earlier one names with something else.
    static func passedOver(_ entry: RecipeEntry, for winner: RecipeEntry, _ difference: [String]) -> RecipeFault {
        let words = difference.map { "other \($0)" }.joined(separator: " and ")
        var fault = RecipeFault(
            entry.position,
            "line \(winner.position.line) names this image already, with \(words), and counts: make one entry of both"
        ).of(entry: entry.text)
        fault.isPassedOver = true
        return fault
    }

    /// `LINE:COLUMN: PROBLEM`: what shows it writes the file's name before it.
    package var description: String { "\(position): \(problem)" }
}

extension [RecipeFault] {
    /// Does something; what is wrong with it is kept here, and nil is returned.
    @discardableResult
    mutating func keeping<Value>(_ body: () throws(RecipeFault) -> Value) -> Value? {
        do throws(RecipeFault) {
            return try body()
        } catch {
            append(error)
            return nil
        }
    }
}
