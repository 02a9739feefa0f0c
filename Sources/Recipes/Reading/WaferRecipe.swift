import OCI
import Plumbing
import Yams

/// Version 2: Wafer's own recipes, in which nothing is passed over.
enum WaferRecipe {
    static let keys = ["version", "repository", "defaults", "max-images", "max-bytes", "images"]
    /// What may stand in an entry, beside its image and tags, and in `defaults`.
    static let optionKeys = ["formats", "platforms", "user", "thin", "keep", "private"]
    static let entryKeys = ["image", "tags"] + optionKeys
    static let tagKeys = ["glob", "semver", "exclude", "newest"]
    static let thinKeys = ["image", "user"]

    /// More desideratas than anybody has.
    static let mostImages = 1_000_000

    static func read(_ pairs: [(key: YAMLPart, value: YAMLPart)]) -> Recipe {
        var reader = Reader()
        for (key, value) in pairs { reader.read(key, value) }
        return reader.recipe(at: pairs.first?.key.position ?? RecipePosition(line: 1, column: 1))
    }

    private struct Reader {
        var version: Int?
        var repository: String?
        var maximumImages: Int?
        var maximumBytes: Int64?
        var defaults = RecipeOptions.standard
        var images: [YAMLPart]?
        var faults: [RecipeFault] = []

        mutating func read(_ key: YAMLPart, _ value: YAMLPart) {
            do throws(RecipeFault) {
                switch try key.text("a key") {
                case "version": version = try value.integer("version", 2...2)
                case "repository": repository = try value.text("repository")
                case "max-images": maximumImages = try value.integer("max-images", 1...WaferRecipe.mostImages)
                case "max-bytes": maximumBytes = try value.byteCount("max-bytes")
                case "images": images = try value.list("images")
                case "defaults":
                    for (key, value) in try value.mapping("defaults") {
                        let name = try key.text("a key")
                        guard WaferRecipe.optionKeys.contains(name) else {
                            throw key.unknown(name, WaferRecipe.optionKeys)
                        }
                        try EntryOptions.set(name, value, in: &defaults)
                    }
                case let name: throw key.unknown(name, WaferRecipe.keys)
                }
            } catch {
                faults.append(error)
            }
        }

        mutating func recipe(at start: RecipePosition) -> Recipe {
            let missing = [
                ("version", "write version: 2", version == nil),
                ("repository", "name it, as repository: unpacked.example.org", repository == nil),
                ("images", "write a list of images", images == nil),
            ]
            for (key, step, isMissing) in missing where isMissing && !isFaulty(key) {
                faults.append(RecipeFault(start, "\(key) is missing: \(step)"))
            }
            var entries: [RecipeEntry] = []
            for part in images ?? [] {
                do throws(RecipeFault) {
                    entries.append(try entry(part))
                } catch {
                    faults.append(error.of(entry: part.scalar ?? part.node.mapping?["image"]?.string))
                }
            }
            return Recipe(
                form: .wafer,
                repository: repository,
                limits: (maximumImages, maximumBytes),
                entries: entries,
                faults: faults
            )
        }

        /// Whether somebody wrote a key, though not rightly: that it is missing is no second fault.
        private func isFaulty(_ key: String) -> Bool {
            faults.contains { $0.problem.hasPrefix("\(key) ") || $0.problem.hasSuffix(" \(key)?") }
        }

        private func entry(_ part: YAMLPart) throws(RecipeFault) -> RecipeEntry {
            guard part.scalar == nil else { return try entry(part, image: part, tags: nil, defaults) }
            var options = defaults
            var (image, tags): (YAMLPart?, YAMLPart?)
            for (key, value) in try part.mapping("an entry") {
                switch try key.text("a key") {
                case "image": image = value
                case "tags": tags = value
                case let name:
                    guard WaferRecipe.entryKeys.contains(name) else {
                        throw key.unknown(name, WaferRecipe.entryKeys)
                    }
                    try EntryOptions.set(name, value, in: &options)
                }
            }
            guard let image else { throw part.fault("image is missing: name it, as image: docker.io/library/python") }
            return try entry(part, image: image, tags: tags, options)
        }

        private func entry(
            _ part: YAMLPart,
            image: YAMLPart,
            tags: YAMLPart?,
            _ options: RecipeOptions
        ) throws(RecipeFault) -> RecipeEntry {
            let text = try image.text("image")
            let name = try EntryName(text, at: image.position)
            var rules = name.glob.map { TagRules(globs: [$0]) }
            if let tags {
                // A tag that was written is no default.
                guard name.glob == nil, name.image.digest == nil, !text.hasSuffix(":\(name.image.tag ?? "")") else {
                    throw image.fault("the image has a tag or a digest, and tags select others: leave one out")
                }
                rules = try TagRules(reading: tags)
            }
            return try RecipeEntry(
                position: part.position,
                text: text,
                image: name.image,
                tags: rules,
                options: try EntryOptions.complete(options, part)
            ).checked()
        }
    }
}
