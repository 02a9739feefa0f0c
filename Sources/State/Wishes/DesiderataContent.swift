/// What a desiderata puts under the names of images in its repository.
struct DesiderataContent: Sendable {
    /// The number; nil for one that is being added.
    let id: Int64?
    let input: Image
    let formats: OutputFormats
    let platforms: [String]
    /// The name of its tree where somebody chose one; nil where the repository's template gives it.
    let chosenName: String?

    init(id: Int64?, input: Image, formats: OutputFormats, platforms: [String], chosenName: String? = nil) {
        self.id = id
        self.input = input
        self.formats = formats
        self.platforms = platforms
        self.chosenName = chosenName
    }

    init(_ desiderata: Desiderata) {
        self.init(
            id: desiderata.id,
            input: desiderata.input,
            formats: desiderata.formats,
            platforms: desiderata.platforms
        )
    }

    /// The names that lead to it, that of its tree first.
    func names(_ template: NameTemplate, _ rules: NamingRules) -> [ContentName] {
        let reference = input.reference
        var names: [ContentName] = []
        if formats.contains(.flat) {
            names.append(ContentName(format: .flat, text: chosenName ?? rules.tree(reference, template)))
        }
        guard formats.contains(.podman) else { return names }
        return names + rules.podman(reference).map { ContentName(format: .podman, text: $0) }
    }

    /// Whether the same is found there: the same image, whoever fetches it where its digest is named, for the same platforms.
    func isSame(as other: DesiderataContent) -> Bool {
        let (mine, its) = (input.reference.digest, other.input.reference.digest)
        return (input.id == other.input.id || mine != nil && mine == its) && Set(platforms) == Set(other.platforms)
    }
}
