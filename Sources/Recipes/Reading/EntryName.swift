import OCI
import Plumbing

/// The name of an image in a recipe, whose tag may be a pattern.
struct EntryName {
    let image: ImageReference
    /// The pattern in the place of its tag.
    let glob: TagGlob?

    /// Reads `[SCHEME://][REGISTRY/]REPOSITORY[:TAG|:GLOB][@DIGEST]`. Throws ``RecipeFault`` with a suggestion.
    init(_ text: String, at position: RecipePosition) throws(RecipeFault) {
        let name = Substring(text)
        let start = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
        guard let colon = name[start...].firstIndex(of: ":"), TagGlob.isPattern(name[name.index(after: colon)...])
        else {
            if TagGlob.isPattern(name) {
                throw RecipeFault(
                    position,
                    "the image \(Printable.text(text, limit: 280)) has a pattern outside of its tag: only tags can be patterns"
                )
            }
            image = try Self.image(text, at: position)
            glob = nil
            return
        }
        let pattern = String(name[name.index(after: colon)...])
        guard let glob = TagGlob(pattern) else {
            throw RecipeFault(
                position,
                "no tag is like \(Printable.text(pattern, limit: 280)): write letters, digits, \"_\", \".\", \"-\", and the "
                    + "wildcards *, ? and [a-z]"
            )
        }
        image = try Self.image(String(name[..<colon]), at: position)
        self.glob = glob
    }

    private static func image(_ text: String, at position: RecipePosition) throws(RecipeFault) -> ImageReference {
        do {
            return try ImageReference(parsing: text)
        } catch {
            throw RecipeFault(position, "\(error)\(suggestion(for: text))")
        }
    }

    /// The nearest name that is one.
    private static func suggestion(for text: String) -> String {
        // Blanks beside a mark are slips; two words are not one.
        let bare = text.replacing(#/^\s+|\s+$/#, with: "").replacing(#/\s*([:\/@])\s*/#) { $0.1 }
        let last = bare.lastIndex(of: "/").map { bare.index(after: $0) } ?? bare.startIndex
        let colon = bare[last...].firstIndex(of: ":") ?? bare.endIndex
        let lowered = bare[..<colon].lowercased() + bare[colon...]
        let fewer = lowered.split(separator: "/").joined(separator: "/").replacing(
            ":/",
            with: "://",
            maxReplacements: 1
        )
        let unmarked = fewer.replacing("docker://", with: "")
        guard unmarked != text, (try? ImageReference(parsing: unmarked)) != nil else { return "" }
        return ": did you mean \(Printable.text(unmarked, limit: 280))?"
    }
}
