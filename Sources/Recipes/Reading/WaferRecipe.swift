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
        var repository: (name: String, position: RecipePosition)?
        var maximumImages: Int?
        var maximumBytes: Int64?
        var defaults = RecipeOptions.standard
        var images: [YAMLPart]?
        var faults: [RecipeFault] = []

        mutating func read(_ key: YAMLPart, _ value: YAMLPart) {
            do throws(RecipeFault) {
                switch try key.text("a key") {
                case "version":
                    guard value.scalar == "2" else {
                        throw value.fault("version must be 2: there is no other, but the 1 of DUCC's recipes")
                    }
                    version = 2
                case "repository": repository = (try value.text("repository"), value.position)
                case "max-images": maximumImages = try value.integer("max-images", 1...WaferRecipe.mostImages)
                case "max-bytes": maximumBytes = try value.byteCount("max-bytes")
                case "images": images = try value.list("images")
                case "defaults":
                    let known = WaferRecipe.optionKeys
                    for (key, value) in try value.mapping("defaults") {
                        guard let name = faults.keeping({ () throws(RecipeFault) in try key.word(of: known) }) else {
                            continue
                        }
                        EntryOptions.set(name, value, in: &defaults, &faults)
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
                var problems: [RecipeFault] = []
                // What is wrong with an entry leaves nothing of it, and all of that is told.
                if let entry = entry(part, &problems), problems.isEmpty { entries.append(entry) }
                faults += problems.map { $0.of(entry: part.scalar ?? part.node.mapping?["image"]?.string) }
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

        private func entry(_ part: YAMLPart, _ problems: inout [RecipeFault]) -> RecipeEntry? {
            guard part.scalar == nil else { return entry(part, image: part, tags: nil, defaults, &problems) }
            var options = defaults
            var (image, tags): (YAMLPart?, YAMLPart?)
            guard let pairs = problems.keeping({ () throws(RecipeFault) in try part.mapping("an entry") }) else {
                return nil
            }
            for (key, value) in pairs {
                switch problems.keeping({ () throws(RecipeFault) in try key.word(of: WaferRecipe.entryKeys) }) {
                case nil: break
                case "image": image = value
                case "tags": tags = value
                case let name?: EntryOptions.set(name, value, in: &options, &problems)
                }
            }
            guard let image else {
                if !problems.contains(where: { $0.problem.hasSuffix("did you mean image?") }) {
                    problems.append(part.fault("image is missing: name it, as image: docker.io/library/python"))
                }
                return nil
            }
            return entry(part, image: image, tags: tags, options, &problems)
        }

        private func entry(
            _ part: YAMLPart,
            image: YAMLPart,
            tags: YAMLPart?,
            _ options: RecipeOptions,
            _ problems: inout [RecipeFault]
        ) -> RecipeEntry? {
            let rules = tags.flatMap { TagRules(reading: $0, &problems) }
            return problems.keeping { () throws(RecipeFault) in
                let text = try image.text("image")
                let name = try EntryName(text, at: image.position)
                // A tag that was written is no default.
                let isBare = name.glob == nil && name.image.digest == nil && !text.hasSuffix(":\(name.image.tag ?? "")")
                guard tags == nil || isBare else {
                    throw image.fault("the image has a tag or a digest, and tags select others: leave one out")
                }
                return try RecipeEntry(
                    position: part.position,
                    text: text,
                    image: name.image,
                    tags: rules ?? name.glob.map { TagRules(globs: [$0]) },
                    options: try EntryOptions.complete(options, part)
                ).checked()
            }
        }
    }
}
