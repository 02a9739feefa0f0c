package import OCI
import Plumbing

/// The name of a thin image with variables for parts of its input image's name.
package struct ThinTemplate: Sendable, Equatable {
    /// How variables are written.
    enum Syntax: Sendable {
        /// `$(tag)`: DUCC's.
        case dollar
        /// `{tag}`.
        case braces
    }

    /// The template as it was written.
    package let text: String
    /// Who pushes; nil for nobody in particular.
    package let user: String?
    let syntax: Syntax

    /// What DUCC takes where nothing is said.
    static let duccStandard = "$(scheme)://$(registry)/$(repository)_thin:$(tag)"

    /// DUCC replaces no variable more often than this.
    private static let replacements = 5

    /// The name for an image. Throws ``OCIError``, with the rule, where the template makes none of it.
    package func name(for image: ImageReference) throws -> ImageReference {
        let name = try ImageReference(parsing: expand(image))
        guard name.digest == nil else {
            throw refused("would have the digest of its input, and it has another one: name it by its tag")
        }
        guard name.identity != image.identity else { throw refused("is the input image itself: name another one") }
        return name
    }

    /// Whether it puts the digest of an image into the name of its thin image: that cannot be, since the thin image has another.
    func bearsDigest(of image: ImageReference) -> Bool {
        image.digest != nil && (try? ImageReference(parsing: expand(image)).digest) != nil
    }

    private func refused(_ rule: String) -> OCIError {
        .invalidReference(part: .reference, text: Printable.text(text, limit: 280), rule: rule)
    }

    private func expand(_ image: ImageReference) -> String {
        let suffix = (image.tag.map { ":\($0)" } ?? "") + (image.digest.map { "@\($0)" } ?? "")
        let variables: [(String, String)] = [
            ("scheme", image.scheme.rawValue), ("registry", image.registry), ("repository", image.repository),
            ("digest", image.digest?.description ?? ""), ("tag", image.tag ?? ""), ("reference", suffix),
            ("image", image.repository + suffix),
        ]
        return variables.reduce(text) { text, variable in
            let (name, value) = variable
            return switch syntax {
            case .dollar: text.replacing("$(\(name))", with: value, maxReplacements: Self.replacements)
            case .braces: text.replacing("{\(name)}", with: value)
            }
        }
    }

    /// The variables that it may have.
    var names: [String] {
        let names = ["scheme", "registry", "repository", "tag"]
        return syntax == .braces ? names : names + ["digest", "reference", "image"]
    }

    /// The first variable that there is not; nil where all are known.
    var unknownVariable: String? {
        let (opening, closing): (String, Character) = syntax == .braces ? ("{", "}") : ("$(", ")")
        return text.split(separator: opening, omittingEmptySubsequences: false).dropFirst().lazy
            .compactMap { part in part.firstIndex(of: closing).map { String(part[..<$0]) } }
            .first { !names.contains($0) }
    }

    /// What is wrong with it whatever the image is; nil where nothing is.
    var problem: String? {
        if let name = unknownVariable {
            let written = syntax == .braces ? "{\(name)}" : "$(\(name))"
            return "there is no \(Printable.text(written, limit: 100))\(Suggestion.text(for: name, of: names))"
        }
        do {
            _ = try name(for: ImageReference(parsing: "https://registry.example.org/repository:tag"))
            return nil
        } catch {
            return "thin images have no name by this: \(error)"
        }
    }
}
