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
        var repository: (name: String, position: RecipePosition)?
        var user: String?
        var template = ThinTemplate.duccStandard
        /// Where the template stands; nil for the standard one.
        var templatePart: YAMLPart?
        var input: [YAMLPart] = []
        var faults: [RecipeFault] = []
        var remarks: [RecipeFault] = []

        mutating func read(_ key: YAMLPart, _ value: YAMLPart) {
            do throws(RecipeFault) {
                switch try key.text("a key") {
                case "version": break
                case "user": user = value.isEmpty ? nil : try value.text("user")
                case "cvmfs_repo": repository = (try value.text("cvmfs_repo"), value.position)
                case "output_format":
                    if !value.isEmpty { (template, templatePart) = (try value.text("output_format"), value) }
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
            // The thin image is what it pushes as that user.
            let thin = ThinTemplate(text: template, user: user, syntax: .dollar)
            let problem = thin.problem
            if let problem { faults.append(RecipeFault(templatePart?.position ?? start, problem)) }
            var entries: [RecipeEntry] = []
            for part in input {
                do throws(RecipeFault) {
                    let entry = try entry(part, thin)
                    // What is wrong with the template is told once.
                    entries.append(problem == nil ? try entry.checked() : entry)
                } catch {
                    faults.append(error.of(entry: part.scalar))
                }
            }
            remarkSharedNames(of: entries)
            return Recipe(
                form: .ducc,
                repository: repository,
                entries: entries,
                faults: faults,
                remarks: remarks
            )
        }

        /// Two images that are pushed by one name take each other's place there.
        private mutating func remarkSharedNames(of entries: [RecipeEntry]) {
            var first: [String: RecipeEntry] = [:]
            for entry in entries where entry.tags == nil {
                guard let name = try? entry.options.thin?.name(for: entry.image).identity else { continue }
                guard let other = first[name], other.image.identity != entry.image.identity else {
                    first[name] = first[name] ?? entry
                    continue
                }
                remarks.append(
                    RecipeFault(
                        entry.position,
                        "the thin image would be \(Printable.text(name, limit: 280)), as that of line \(other.position.line): the "
                            + "one that is pushed last has the name"
                    )
                )
            }
        }

        private mutating func entry(_ part: YAMLPart, _ thin: ThinTemplate) throws(RecipeFault) -> RecipeEntry {
            let text = try part.text("an image")
            // DUCC reads URLs: without a scheme, what stands before the first slash is the registry all the same.
            let name = try EntryName(text.contains("://") ? text : "https://\(text)", at: part.position)
            var options = RecipeOptions.standard
            options.formats = DUCCRecipe.formats
            if thin.bearsDigest(of: name.image) {
                // DUCC makes the rest and fails with the thin image.
                options.formats.removeAll { $0 == "thin" }
                remarks.append(
                    part.fault(
                        "\(Printable.text(text, limit: 280)) gets no thin image: output_format gives it the digest of its input, "
                            + "and it would have another one"
                    )
                )
            } else {
                options.thin = thin
            }
            return RecipeEntry(
                position: part.position,
                text: text,
                image: name.image,
                tags: name.glob.map { TagRules(globs: [$0]) },
                options: options
            )
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
