import Conversion
import Plumbing

/// Whom a removal concerns, in words.
enum ReferrerText {
    private static let shown = 5

    /// For one line: the number of images of layers, and the first of them.
    static func summary(_ referrers: [LayerReferrer]) -> String {
        if referrers.isEmpty { return "no image of .metadata refers to them" }
        let names = list(referrers.map { $0.image.description })
        return "\(referrers.count == 1 ? "1 image refers" : "\(referrers.count) images refer") to them: \(names)"
    }

    /// For one line: the number of links to root file systems, and the first of them.
    static func summary(ofLinks links: [BytePath]) -> String {
        "\(links.count == 1 ? "1 name leads" : "\(links.count) names lead") there: \(list(links.map(\.absolute)))"
    }

    /// One line for each.
    static func lines(_ referrers: [LayerReferrer]) -> String {
        referrers.map { "\($0.image) refers to layers that go\n" }.joined()
    }

    /// One line for each.
    static func lines(_ referrers: RemovalReferrers) -> String {
        lines(referrers.images)
            + referrers.links.map { "\($0.absolute) leads to a root file system that goes\n" }.joined()
    }

    private static func list(_ names: [String]) -> String {
        let more = names.count > shown ? " and \(names.count - shown) more" : ""
        return names.prefix(shown).joined(separator: ", ") + more
    }
}
