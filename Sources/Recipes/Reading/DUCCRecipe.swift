import OCI
import Plumbing

/// Version 1: the recipes of DUCC (`ducc/lib/recipe.go` of https://github.com/cvmfs/cvmfs, and its README).
enum DUCCRecipe {
    static let keys = ["version", "user", "cvmfs_repo", "output_format", "input"]

    /// What DUCC makes of every image.
    private static let formats = ["layers", "flat", "podman", "thin"]

    static func read(_ pairs: [(key: YAMLPart, value: YAMLPart)]) -> Recipe {
        var reader = Reader()
        for (key, value) in pairs { reader.read(key, value) }
        return reader.recipe(at: pairs.first?.key.position ?? RecipePosition(line: 1, column: 1))
    }

    private struct Reader {
        var repository: String?
        var user: String?
        var template = ThinTemplate.duccStandard
        var input: [YAMLPart] = []
        var faults: [RecipeFault] = []
        var remarks: [RecipeFault] = []

        mutating func read(_ key: YAMLPart, _ value: YAMLPart) {
            do throws(RecipeFault) {
                switch try key.text("a key") {
                case "version": break
                case "user": user = value.isEmpty ? nil : try value.text("user")
                case "cvmfs_repo": repository = try value.text("cvmfs_repo")
                case "output_format": if !value.isEmpty { template = try value.text("output_format") }
                case "input": input = try value.list("input")
                case let name: remarks.append(key.unknown(name, DUCCRecipe.keys))
                }
            } catch {
                faults.append(error)
            }
        }

        mutating func recipe(at start: RecipePosition) -> Recipe {
            if repository == nil {
                faults.append(RecipeFault(start, "cvmfs_repo is missing: name the repository, as unpacked.example.org"))
            }
            var entries: [RecipeEntry] = []
            for part in input {
                do throws(RecipeFault) {
                    entries.append(try entry(part))
                } catch {
                    faults.append(error.of(entry: part.scalar))
                }
            }
            return Recipe(
                form: .ducc,
                repository: repository,
                entries: entries,
                faults: faults,
                remarks: remarks
            )
        }

        private func entry(_ part: YAMLPart) throws(RecipeFault) -> RecipeEntry {
            let text = try part.text("an image")
            // DUCC reads URLs: without a scheme, what stands before the first slash is the registry all the same.
            let name = try EntryName(text.contains("://") ? text : "https://\(text)", at: part.position)
            // The thin image is what it pushes as that user.
            let thin = ThinTemplate(text: template, user: user, syntax: .dollar)
            var options = RecipeOptions.standard
            options.formats = DUCCRecipe.formats
            options.thin = thin
            return try RecipeEntry(
                position: part.position,
                text: text,
                image: name.image,
                tags: name.glob.map { TagRules(globs: [$0]) },
                options: options
            ).checked()
        }
    }
}

extension RecipeEntry {
    /// The same entry. Throws ``RecipeFault`` where its thin image would have no name, or the tags of a
    /// pattern only one.
    func checked() throws(RecipeFault) -> RecipeEntry {
        guard let thin = options.thin else { return self }
        do {
            _ = try thin.name(for: image)
            guard try tags == nil || thin.name(for: image.tagged("a")) != thin.name(for: image.tagged("b")) else {
                throw RecipeFault(
                    position,
                    "the thin images of \(Printable.text(text, limit: 280)) would all have one name: put the tag in it"
                )
            }
        } catch let fault as RecipeFault {
            throw fault
        } catch {
            throw RecipeFault(position, "the thin image of \(Printable.text(text, limit: 280)) has no name: \(error)")
        }
        return self
    }
}
