import OCI
import Plumbing

/// What an entry of version 2 says of its images beside their names.
enum EntryOptions {
    static let formats = ["layers", "flat", "podman", "thin"]
    static let privacies = ["allow", "refuse"]
    private static let units: [Character: Int64] = ["m": 60, "h": 3_600, "d": 86_400, "w": 604_800]

    /// Takes the value of a key of ``WaferRecipe/optionKeys``; what is wrong with it becomes one of the faults.
    static func set(_ key: String, _ value: YAMLPart, in options: inout RecipeOptions, _ faults: inout [RecipeFault]) {
        switch key {
        case "formats":
            var names = ["layers"]
            for part in faults.keeping({ () throws(RecipeFault) in try value.oneOrList(key) }) ?? [] {
                let name = faults.keeping { () throws(RecipeFault) in try part.word("a format", of: formats) }
                if let name, !names.contains(name) { names.append(name) }
            }
            options.formats = names
        case "platforms": options.platforms = platforms(value, &faults)
        case "thin": options.thin = thin(value, &faults)
        default:
            faults.keeping { () throws(RecipeFault) in
                switch key {
                case "user": options.user = value.isEmpty ? nil : try value.text(key)
                case "keep": options.keep = try duration(value)
                default: options.allowsPrivate = try value.word(key, of: privacies) == "allow"
                }
            }
        }
    }

    /// The options of one entry: thin is among the formats where it has a name.
    static func complete(_ options: RecipeOptions, _ entry: YAMLPart) throws(RecipeFault) -> RecipeOptions {
        var options = options
        if options.thin != nil, !options.formats.contains("thin") { options.formats.append("thin") }
        guard options.thin != nil || !options.formats.contains("thin") else {
            throw entry.fault(
                "a thin image needs a name: write thin: { image: \"registry.example.org/thin/{repository}:{tag}\" }, or leave "
                    + "thin out of the formats"
            )
        }
        return options
    }

    private static func platforms(_ value: YAMLPart, _ faults: inout [RecipeFault]) -> [String] {
        var names: [String] = []
        let parts = faults.keeping { () throws(RecipeFault) in try value.oneOrList("platforms") } ?? []
        for part in parts {
            let name = faults.keeping { () throws(RecipeFault) in try platform(part, isAlone: parts.count == 1) }
            if let name, !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func platform(_ part: YAMLPart, isAlone: Bool) throws(RecipeFault) -> String {
        let text = try part.text("a platform")
        guard text != "all" else {
            guard isAlone else {
                throw part.fault("the platform all is every platform of the image: name no other with it")
            }
            return text
        }
        do {
            return try Platform(typed: text).description
        } catch {
            throw part.fault("\(error)")
        }
    }

    private static func thin(_ value: YAMLPart, _ faults: inout [RecipeFault]) -> ThinTemplate? {
        if value.isEmpty { return nil }
        var (image, user): (YAMLPart?, String?)
        guard let pairs = faults.keeping({ () throws(RecipeFault) in try value.mapping("thin") }) else { return nil }
        for (key, value) in pairs {
            faults.keeping { () throws(RecipeFault) in
                switch try key.word(of: WaferRecipe.thinKeys) {
                case "image": image = value
                default: user = try value.text("user")
                }
            }
        }
        return faults.keeping { () throws(RecipeFault) in
            guard let image else {
                throw value.fault("image is missing: name the thin image, with {repository} and {tag} in it")
            }
            let template = ThinTemplate(text: try image.text("image"), user: user, syntax: .braces)
            if let problem = template.problem { throw image.fault(problem) }
            return template
        }
    }

    /// `90d`, `12h`, `2w`, `30m` or `0`, in seconds.
    private static func duration(_ value: YAMLPart) throws(RecipeFault) -> Int64 {
        let text = try value.text("keep")
        if text == "0" { return 0 }
        guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()), count >= 0,
            count <= 100 * 365 * 86_400 / unit
        else {
            throw value.fault(
                "keep cannot be \(Printable.text(text, limit: 100)): write a number with m, h, d or w behind it, as 90d"
            )
        }
        return count * unit
    }
}

extension TagRules {
    /// The rules of `tags`; nil, with what is wrong among the faults, where it has none.
    init?(reading part: YAMLPart, _ faults: inout [RecipeFault]) {
        var (versions, globs, exclusions): (VersionRange?, [TagGlob], [TagGlob]) = (nil, [], [])
        var newest: Int?
        let before = faults.count
        guard let pairs = faults.keeping({ () throws(RecipeFault) in try part.mapping("tags") }) else { return nil }
        for (key, value) in pairs {
            switch faults.keeping({ () throws(RecipeFault) in try key.word(of: WaferRecipe.tagKeys) }) {
            case nil: break
            case "glob": globs = Self.globs(value, "glob", &faults)
            case "exclude": exclusions = Self.globs(value, "exclude", &faults)
            case "semver": versions = faults.keeping { () throws(RecipeFault) in try Self.versions(value) }
            default:
                newest = faults.keeping { () throws(RecipeFault) in
                    try value.integer("newest", 1...WaferRecipe.mostImages)
                }
            }
        }
        guard versions != nil || !globs.isEmpty || !exclusions.isEmpty || newest != nil else {
            if faults.count == before {
                faults.append(part.fault("tags has no rule: write glob: \"*\" for all of them"))
            }
            return nil
        }
        self.init(versions: versions, globs: globs, exclusions: exclusions, newest: newest)
    }

    private static func versions(_ value: YAMLPart) throws(RecipeFault) -> VersionRange {
        guard let text = value.scalar, let range = VersionRange(text) else {
            let written = value.scalar.map { $0.isEmpty ? "empty" : Printable.text($0, limit: 100) } ?? "a list"
            throw value.fault(
                "semver cannot be \(written): write comparisons of versions, as \">=2.1 <4\", \"^1.2\" or \"1.x || 3.x\""
            )
        }
        return range
    }

    private static func globs(_ value: YAMLPart, _ key: String, _ faults: inout [RecipeFault]) -> [TagGlob] {
        let parts = faults.keeping { () throws(RecipeFault) in try value.oneOrList(key) } ?? []
        return parts.compactMap { part in
            faults.keeping { () throws(RecipeFault) in
                let text = try part.text("a pattern")
                guard let glob = TagGlob(text) else {
                    throw part.fault(
                        "no tag is like \(Printable.text(text, limit: 100)): write letters, digits, \"_\", \".\", \"-\", and the "
                            + "wildcards *, ? and [a-z]"
                    )
                }
                return glob
            }
        }
    }
}
