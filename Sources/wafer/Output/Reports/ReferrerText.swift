import Conversion
import Plumbing

/// The images that a removal concerns, in words.
enum ReferrerText {
    private static let shown = 5

    /// For one line: their number, and the first of them.
    static func summary(_ referrers: [LayerReferrer]) -> String {
        if referrers.isEmpty { return "no image of .metadata refers to them" }
        let names = referrers.prefix(shown).map { $0.image.description }.joined(separator: ", ")
        let more = referrers.count > shown ? " and \(referrers.count - shown) more" : ""
        return "\(referrers.count == 1 ? "1 image refers" : "\(referrers.count) images refer") to them: \(names)\(more)"
    }

    /// One line for each.
    static func lines(_ referrers: [LayerReferrer]) -> String {
        referrers.map { "\($0.image) refers to layers that go\n" }.joined()
    }
}
