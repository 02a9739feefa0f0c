import Plumbing
import State

/// Desideratas as a recipe of version 2.
struct RecipeExport {
    /// Those that no recipe can name.
    let left: [Desiderata]
    private let repository: String
    private let desideratas: [Desiderata]

    init(_ desideratas: [Desiderata], repository: String) {
        self.repository = repository
        left = desideratas.filter { !Self.isOfRegistry($0) }
        self.desideratas = desideratas.filter(Self.isOfRegistry)
    }

    private static func isOfRegistry(_ desiderata: Desiderata) -> Bool {
        ["https", "http"].contains(desiderata.input.reference.scheme)
    }

    /// The recipe. What most images have is the default.
    func text() throws -> String {
        let formats = Self.mostFrequent(desideratas.map(Self.formats)) ?? "[layers, flat]"
        let platforms = Self.mostFrequent(desideratas.map(Self.platforms)) ?? "[linux/amd64]"
        let users = desideratas.map(\.input.reference.user)
        let user = users.allSatisfy { $0 == users.first } ? users.first ?? nil : nil
        var defaults = "formats: \(formats), platforms: \(platforms)"
        let areAllowed = desideratas.allSatisfy(\.allowsPrivate) && !desideratas.isEmpty
        if areAllowed { defaults += ", private: allow" }
        if let user { defaults += ", user: \(try Self.quoted(user))" }
        var text = "version: 2\nrepository: \(try Self.quoted(repository))\ndefaults: { \(defaults) }\nimages:\n"
        for desiderata in desideratas {
            let name = try Self.quoted(desiderata.input.reference.text)
            var lines: [String] = []
            if Self.formats(desiderata) != formats { lines.append("formats: \(Self.formats(desiderata))") }
            if Self.platforms(desiderata) != platforms { lines.append("platforms: \(Self.platforms(desiderata))") }
            if let own = desiderata.input.reference.user, own != user { lines.append("user: \(try Self.quoted(own))") }
            if let output = desiderata.output?.reference {
                let user = try output.user.map { ", user: \(try Self.quoted($0))" } ?? ""
                lines.append("thin: { image: \(try Self.quoted(output.text))\(user) }")
            }
            if desiderata.allowsPrivate, !areAllowed { lines.append("private: allow") }
            text += lines.isEmpty ? "  - \(name)\n" : "  - image: \(name)\n"
            for line in lines { text += "    \(line)\n" }
        }
        return text
    }

    /// Thin comes with its name.
    private static func formats(_ desiderata: Desiderata) -> String {
        "[\(desiderata.formats.all.map(\.name).filter { $0 != "thin" }.joined(separator: ", "))]"
    }

    private static func platforms(_ desiderata: Desiderata) -> String {
        "[\(desiderata.platforms.joined(separator: ", "))]"
    }

    private static func mostFrequent(_ texts: [String]) -> String? {
        Dictionary(texts.map { ($0, 1) }, uniquingKeysWith: +).max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// In double quotes, in which YAML takes what JSON does.
    private static func quoted(_ text: String) throws -> String { try JSONValue.string(text).text(pretty: false) }
}
