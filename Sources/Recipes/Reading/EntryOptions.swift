import OCI
import Plumbing

/// What an entry of version 2 says of its images beside their names.
enum EntryOptions {
    static let formats = ["layers", "flat", "podman", "thin"]
    /// Nothing else could be kept: what Wafer can read, it publishes.
    static let privacies = ["allow"]
    private static let units: [Character: Int64] = ["m": 60, "h": 3_600, "d": 86_400, "w": 604_800]

    /// Takes the value of a key of ``WaferRecipe/optionKeys``.
    static func set(_ key: String, _ value: YAMLPart, in options: inout RecipeOptions) throws(RecipeFault) {
        switch key {
        case "formats":
            var names = ["layers"]
            for part in try value.oneOrList(key) {
                let name = try part.word("a format", of: formats)
                if !names.contains(name) { names.append(name) }
            }
            options.formats = names
        case "platforms": options.platforms = try platforms(value)
        case "user": options.user = value.isEmpty ? nil : try value.text(key)
        case "thin": options.thin = try thin(value)
        case "keep": options.keep = try duration(value)
        default: options.allowsPrivate = try value.word(key, of: privacies) == "allow"
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

    private static func platforms(_ value: YAMLPart) throws(RecipeFault) -> [String] {
        var names: [String] = []
        let parts = try value.oneOrList("platforms")
        for part in parts {
            let text = try part.text("a platform")
            guard text != "all" else {
                guard parts.count == 1 else {
                    throw part.fault("the platform all is every platform of the image: name no other with it")
                }
                return [text]
            }
            do {
                let name = try Platform(typed: text).description
                if !names.contains(name) { names.append(name) }
            } catch {
                throw part.fault("\(error)")
            }
        }
        return names
    }

    private static func thin(_ value: YAMLPart) throws(RecipeFault) -> ThinTemplate? {
        if value.isEmpty { return nil }
        var (image, user): (YAMLPart?, String?)
        for (key, value) in try value.mapping("thin") {
            switch try key.text("a key") {
            case "image": image = value
            case "user": user = try value.text("user")
            case let name: throw key.unknown(name, WaferRecipe.thinKeys)
            }
        }
        guard let image else {
            throw value.fault("image is missing: name the thin image, with {repository} and {tag} in it")
        }
        let template = ThinTemplate(text: try image.text("image"), user: user, syntax: .braces)
        if let problem = template.problem { throw image.fault(problem) }
        return template
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
    /// The rules of `tags`. Throws ``RecipeFault``.
    init(reading part: YAMLPart) throws(RecipeFault) {
        var (versions, globs, exclusions): (VersionRange?, [TagGlob], [TagGlob]) = (nil, [], [])
        var newest: Int?
        for (key, value) in try part.mapping("tags") {
            switch try key.text("a key") {
            case "glob": globs = try Self.globs(value, "glob")
            case "exclude": exclusions = try Self.globs(value, "exclude")
            case "newest": newest = try value.integer("newest", 1...WaferRecipe.mostImages)
            case "semver":
                let text = try value.text("semver")
                guard let range = VersionRange(text) else {
                    throw value.fault(
                        "semver cannot be \(Printable.text(text, limit: 100)): write comparisons of versions, as \">=2.1 <4\", "
                            + "\"^1.2\" or \"1.x || 3.x\""
                    )
                }
                versions = range
            case let name: throw key.unknown(name, WaferRecipe.tagKeys)
            }
        }
        guard versions != nil || !globs.isEmpty || !exclusions.isEmpty || newest != nil else {
            throw part.fault("tags has no rule: write glob: \"*\" for all of them")
        }
        self.init(versions: versions, globs: globs, exclusions: exclusions, newest: newest)
    }

    private static func globs(_ value: YAMLPart, _ key: String) throws(RecipeFault) -> [TagGlob] {
        var globs: [TagGlob] = []
        for part in try value.oneOrList(key) {
            let text = try part.text("a pattern")
            guard let glob = TagGlob(text) else {
                throw part.fault(
                    "no tag is like \(Printable.text(text, limit: 100)): write letters, digits, \"_\", \".\", \"-\", and the "
                        + "wildcards *, ? and [a-z]"
                )
            }
            globs.append(glob)
        }
        return globs
    }
}
