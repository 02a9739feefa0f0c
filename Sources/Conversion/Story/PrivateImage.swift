import OCI
import Plumbing
import Registry
import State

/// That an image is for some people only, and would be published where everybody can read it.
package struct PrivateImage: Error, Equatable, CustomStringConvertible {
    /// The image, as it was named.
    package let image: String
    /// The fully qualified name of the CVMFS repository.
    package let repository: String
    /// Why everybody cannot read it, or why that is not known.
    package let reason: String
    /// What allows it.
    package let remedy: String

    init(_ wish: Wish, _ error: RegistryError, isKnown: Bool) {
        image = Printable.text(wish.input.text)
        repository = wish.repository
        let host = Printable.text(wish.input.canonicalRegistry)
        let status = error.status.map { " (status \($0) without credentials)" } ?? ""
        reason =
            isKnown
            ? "\(host) gives it to users only\(status)"
            : "whether everybody can read it at \(host) could not be found out, which is tried again: \(error.cause)"
        remedy = Self.remedy(wish)
    }

    /// What allows it, by who wants the image.
    private static func remedy(_ wish: Wish) -> String {
        if let recipe = wish.recipe.map({ Printable.text($0) }) {
            return
                "write `private: allow` at its entry of the recipe \(recipe) and apply it again, or `wafer recipe apply "
                + "\(recipe) --allow-private` where that is a list or of version 1"
        }
        if let desiderata = wish.desiderata { return "`wafer set-desiderata \(desiderata) --allow-private`" }
        return "run `wafer convert-image` again with `--allow-private`"
    }

    /// A lower-case sentence with what to do.
    package var description: String {
        "\(image) is not published in \(repository), where everybody could read it: \(reason); if everybody shall read it, "
            + remedy
    }
}
