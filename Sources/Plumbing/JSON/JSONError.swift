/// A document is not JSON, or not what it should be.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// What the document should be, `manifest`.
    package let kind: String
    /// What is wrong and where, printable: `layers[2].digest is missing`.
    package let problem: String

    /// Makes an error from a lower-case sentence.
    package init(kind: String, problem: String) {
        self.kind = kind
        self.problem = problem
    }

    /// One lower-case line: what is wrong, with what.
    package var description: String { "invalid \(kind): \(problem)" }
}
