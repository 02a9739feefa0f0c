package import Foundation

/// What the operator wants: an input image, an output image and a CVMFS repository (original-document.md, "Concepts").
package struct Desiderata: Sendable, Hashable, Identifiable {
    /// The number in the tables. Never given to another desiderata.
    package let id: Int64
    /// The image to convert.
    package let input: Image
    /// The thin image to push.
    package let output: Image
    /// The fully qualified name of the CVMFS repository. It may not be registered (yet).
    package let cvmfsRepository: String
    /// When it was added; nil where the original program did.
    package let addedAt: Date?
}
