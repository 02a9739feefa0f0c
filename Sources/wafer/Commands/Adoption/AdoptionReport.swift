import Conversion
import OCI
import Plumbing
import State

/// What a repository has of other programs, and what was made of it.
struct AdoptionReport {
    private let registration: RepositoryRegistration
    private let survey: AdoptionSurvey
    private let isRehearsal: Bool
    /// The desideratas of the images, where there is no recipe.
    var wishes = Adoption.Wishes()
    /// What recipes did.
    var recipes: [RecipeReport] = []
    /// Images that were found and that the recipes do not name.
    var unwanted: [ImageReference] = []

    init(_ registration: RepositoryRegistration, _ survey: AdoptionSurvey, isRehearsal: Bool) {
        self.registration = registration
        self.survey = survey
        self.isRehearsal = isRehearsal
    }

    private var fqrn: String { registration.fqrn }

    /// Why nothing was done; nil where it was.
    var fault: String? { recipes.compactMap(\.fault).first }

    /// Whether something was left out.
    var isIncomplete: Bool { !wishes.refused.isEmpty || recipes.contains(where: \.isIncomplete) }

    /// What there is: lines of a person's report.
    var findings: String {
        if survey.isEmpty {
            let own = Counted.text(survey.ownImages, "image")
            return
                "\(fqrn), revision \(survey.revision), has nothing that DUCC or OSG's program made; \(own) of Wafer\n"
        }
        var lines = ["\(fqrn), revision \(survey.revision), has of other programs:"]
        func add(_ text: String, _ count: Int) { if count > 0 { lines.append("  \(text)") } }
        let (images, layers) = (survey.images.count, survey.layers)
        add(Counted.text(images, "image") + Self.part(survey.incompleteImages.count), images)
        add(Counted.text(layers, "layer") + Self.part(survey.incompleteLayers.count), layers)
        add("\(Counted.text(survey.trees, "root file system")), to which \(Self.names(survey.names))", survey.trees)
        add("\(Counted.text(survey.chains, "chain")), which no client reads", survey.chains)
        add("\(Counted.text(survey.podmanImages, "image")) in podman's store", survey.podmanImages)
        add("\(Counted.text(survey.ownImages, "image")) of Wafer besides", survey.ownImages)
        for image in survey.incompleteImages {
            lines.append("not complete: \(Cell.text(image.reference.description).field)")
            lines += image.faults.map { "  it \(Printable.text($0))" }
        }
        let told = Set(survey.images.flatMap(\.faults))
        for layer in survey.incompleteLayers where !told.contains(where: { $0.contains(layer.digest.hex) }) {
            lines.append("not complete, and of no image: layer \(layer.digest), which \(Printable.text(layer.fault))")
        }
        lines += survey.unnamed.map { "nobody can tell which image it is of: \(Cell.text($0.absolute).field)" }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func part(_ incomplete: Int) -> String {
        incomplete == 0
            ? ", as far as can be told without a download"
            : ", of which \(incomplete) \(incomplete == 1 ? "is" : "are") not complete"
    }

    private static func names(_ count: Int) -> String {
        count == 1 ? "1 name leads" : "\(count == 0 ? "no" : "\(count)") names lead"
    }

    /// What was done, and what comes next.
    var consequences: String {
        var lines: [String] = []
        if recipes.isEmpty {
            lines += wishes.refused.map {
                "no desiderata for \(Cell.text($0.image.description).field): \(Printable.text($0.reason))"
            }
            let known = wishes.known.isEmpty ? "" : ", \(wishes.known.count) were there"
            lines.append(
                "\(isRehearsal ? "would add" : "added") \(Counted.text(wishes.added.count, "desiderata"))\(known)"
            )
            if survey.images.contains(where: { $0.maker == .osg }) {
                lines.append(
                    "names of OSG's program do not tell registries: these are taken for Docker Hub's. Where they are not, "
                        + "name its list with --recipe"
                )
            }
        }
        lines += unwanted.map {
            "no recipe names \(Cell.text($0.description).field): it stays as it is, and nothing brings what it lacks"
        }
        let text = recipes.map(\.text).joined() + lines.map { $0 + "\n" }.joined()
        if fault != nil { return text }
        if isRehearsal { return text + "would adopt \(fqrn); nothing was changed\n" }
        return text
            + """
            adopted \(fqrn): nothing in it was changed
            next:
              wafer convert: brings what is not complete
              wafer prune \(fqrn) --dry-run: shows what nobody needs any more

            """
    }

    /// One object.
    var json: JSONValue {
        func texts(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
        let images = survey.images.map { image in
            JSONValue.object([
                "faults": texts(image.faults), "image": .string(image.reference.description),
                "maker": .string(image.maker == .ducc ? "ducc" : "osg"), "podman": .bool(image.isForPodman),
            ])
        }
        let layers = survey.incompleteLayers.map { layer in
            JSONValue.object(["digest": .string(layer.digest.description), "fault": .string(layer.fault)])
        }
        let refused = wishes.refused.map { refusal in
            JSONValue.object(["image": .string("\(refusal.image)"), "reason": .string(refusal.reason)])
        }
        return .object([
            "added": texts(wishes.added.map(\.description)),
            "adopted": .bool(!isRehearsal && fault == nil && !survey.isEmpty),
            "chains": .integer(Int64(survey.chains)),
            "dry_run": .bool(isRehearsal),
            "fqrn": .string(fqrn),
            "images": .array(images),
            "incomplete_layers": .array(layers),
            "known": texts(wishes.known.map(\.description)),
            "layers": .integer(Int64(survey.layers)),
            "names": .integer(Int64(survey.names)),
            "own_images": .integer(Int64(survey.ownImages)),
            "podman_images": .integer(Int64(survey.podmanImages)),
            "recipes": .array(recipes.map(\.json)),
            "refused": .array(refused),
            "revision": .integer(Int64(clamping: survey.revision)),
            "trees": .integer(Int64(survey.trees)),
            "unwanted": texts(unwanted.map(\.description)),
            "unnamed": texts(survey.unnamed.map(\.absolute)),
        ])
    }
}
