/// A library refused bytes or an operation: corrupt compressed data, a missing algorithm, no memory.
package struct CodecError: Error, Equatable, CustomStringConvertible {
    /// What went wrong, without the object's name: the caller knows that one.
    package let description: String

    /// Makes an error from a lower-case sentence.
    package init(_ description: String) {
        self.description = description
    }
}
