/// Why an image was not converted: what failed, on which object, and what to do next.
///
/// Errors of registry, repository and database pass through unchanged; these are the conversion's own.
package struct ConversionError: Error, Equatable, CustomStringConvertible {
    /// A lower-case sentence.
    package let description: String

    /// Makes an error.
    package init(_ description: String) {
        self.description = description
    }
}
