import Plumbing
import Yams

/// The text of a YAML document that a recipe is.
enum YAMLText {
    /// The document's root; nil for an empty text. Throws ``RecipeFault`` where it is no YAML, and for anchors: a name of a
    /// kilobyte may stand for a gigabyte.
    static func compose(_ text: String) throws(RecipeFault) -> YAMLPart? {
        if let anchor = anchor(in: text) {
            throw RecipeFault(anchor, "an anchor (&NAME) cannot stand here: write what it stands for")
        }
        do {
            return try Yams.compose(yaml: text).map(YAMLPart.init)
        } catch {
            throw fault(error)
        }
    }

    private static func fault(_ error: any Error) -> RecipeFault {
        let (mark, problem): (Mark?, String) =
            switch error as? YamlError {
            // libyaml names one of its functions.
            case .parser(_, let problem, let mark, _) where problem.contains("nesting level"):
                (mark, "lists and mappings lie too deep in each other")
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                (mark, "this is no YAML: \(problem)")
            case .duplicatedKeysInMapping(let keys, let context):
                (context.mark, "\(keys.sorted().joined(separator: ", ")) stands here twice: leave one out")
            case .reader(let problem, _, _, _): (nil, "this is no YAML: \(problem)")
            default: (nil, "this is no YAML: \(error)")
            }
        return RecipeFault(
            mark.map { RecipePosition(line: $0.line, column: $0.column) } ?? RecipePosition(line: 1, column: 1),
            Printable.text(problem, limit: 400)
        )
    }

    /// Where an anchor begins: `&` at the beginning of a word, outside of comments. No text of a recipe has one there.
    private static func anchor(in text: String) -> RecipePosition? {
        var position = RecipePosition(line: 1, column: 1)
        var before: Unicode.Scalar = "\n"
        var isComment = false
        for scalar in text.unicodeScalars {
            let begins = [" ", "\t", "\n", "\r", "[", "{", ","].contains(before)
            if scalar == "#", begins { isComment = true }
            if scalar == "&", begins, !isComment { return position }
            if scalar == "\n" {
                position = RecipePosition(line: position.line + 1, column: 1)
                isComment = false
            } else {
                position = RecipePosition(line: position.line, column: position.column + 1)
            }
            before = scalar
        }
        return nil
    }
}
