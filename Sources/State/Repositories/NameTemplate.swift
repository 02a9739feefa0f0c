import Plumbing

/// How images are named in a repository: a path with `{registry}`, `{repository}` and `{reference}` in it.
package struct NameTemplate: Sendable, Hashable, CustomStringConvertible {
    private enum Part: Sendable, Hashable {
        case text(String)
        case registry
        case repository
        case reference
    }

    /// `REGISTRY/REPOSITORY:TAG`.
    package static let standard = NameTemplate(
        text: TreeSettings.standardNames,
        parts: [.registry, .text("/"), .repository, .text(":"), .reference]
    )

    /// The template as it was written.
    package let text: String
    private let parts: [Part]

    /// The most bytes that a file system takes for a name: more than any template needs.
    private static let longest = 255

    private init(text: String, parts: [Part]) {
        self.text = text
        self.parts = parts
    }

    /// Reads a template. Throws `StateError.invalidValue`, which says what is wrong, for one that does not tell images
    /// apart, or whose names could be in the way of what else is in a repository.
    package init(checking text: String) throws {
        guard text.utf8.count <= Self.longest else {
            throw Self.refused(text, "it is longer than \(Self.longest) bytes")
        }
        guard !text.unicodeScalars.contains(where: Printable.isHidden) else {
            throw Self.refused(text, "it has control characters")
        }
        let parts = try Self.parts(of: text)
        for needed in [Part.repository, .reference] where !parts.contains(needed) {
            throw Self.refused(text, "{repository} and {reference} must be in it, or images would have the same name")
        }
        try Self.checkComponents(of: text)
        self.init(text: text, parts: parts)
    }

    /// The path of an image's name, without a leading slash. `reference` is its tag, or `sha256:HEX` where it has a digest.
    package func expand(registry: String, repository: String, reference: String) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .registry: registry
            case .repository: repository
            case .reference: reference
            }
        }.joined()
    }

    /// Whether names of images that differ in repository, tag or digest always differ. No repository has a colon in it, no
    /// tag has a slash, and a registry neither.
    var tellsRepositoriesApart: Bool {
        let end = "{repository}:{reference}"
        return text == end || text.hasSuffix("/" + end)
    }

    /// The template, safe to print.
    package var description: String { Printable.text(text) }

    private static func parts(of text: String) throws -> [Part] {
        var parts: [Part] = []
        var rest = text.unicodeScalars[...]
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            if brace > rest.startIndex { parts.append(.text(String(rest[..<brace]))) }
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}") else {
                throw refused(text, "a brace has no other: write {registry}, {repository} and {reference}")
            }
            switch String(rest[rest.index(after: brace)..<end]) {
            case "registry": parts.append(.registry)
            case "repository": parts.append(.repository)
            case "reference": parts.append(.reference)
            case let other:
                throw refused(text, "there is no {\(other)}, only {registry}, {repository} and {reference}")
            }
            rest = rest[rest.index(after: end)...]
        }
        return rest.isEmpty ? parts : parts + [.text(String(rest))]
    }

    private static func checkComponents(of text: String) throws {
        let components = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        func has(_ names: String...) -> Bool {
            components.contains { component in names.contains { component.elementsEqual($0.utf8) } }
        }
        guard !has("", ".", "..") else {
            throw refused(text, "no part of it may be empty, \".\" or \"..\": write names with a slash between them")
        }
        // `.layers`, `.flat`, `.metadata`, `.cvmfs`: what Wafer and clients keep there.
        guard let first = components.first, first.first != UInt8(ascii: "."), !first.elementsEqual("podmanStore".utf8)
        else {
            throw refused(text, "what begins with a dot, and podmanStore, is kept for other things")
        }
        guard !components.contains(where: { $0.starts(with: ".cvmfs".utf8) }) else {
            throw refused(text, "names that begin with .cvmfs mean something to clients")
        }
    }

    private static func refused(_ text: String, _ reason: String) -> StateError {
        .invalidValue("names of images cannot be \(Printable.text(text)): \(reason)")
    }
}
