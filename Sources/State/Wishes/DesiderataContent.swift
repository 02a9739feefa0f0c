/// What a desiderata puts under the names of images in its repository.
struct DesiderataContent: Sendable {
    /// The number; nil for one that is being added.
    let id: Int64?
    let input: Image
    let formats: OutputFormats
    let platforms: [String]

    init(id: Int64?, input: Image, formats: OutputFormats, platforms: [String]) {
        self.id = id
        self.input = input
        self.formats = formats
        self.platforms = platforms
    }

    init(_ desiderata: Desiderata) {
        self.init(
            id: desiderata.id,
            input: desiderata.input,
            formats: desiderata.formats,
            platforms: desiderata.platforms
        )
    }

    /// The names that lead to it, each after the format that makes it: podman has names of its own, which no template makes.
    func names(_ template: NameTemplate, _ rules: NamingRules) -> [String] {
        let reference = input.reference
        let flat = formats.contains(.flat) ? ["flat \(rules.tree(reference, template))"] : []
        return flat + (formats.contains(.podman) ? rules.podman(reference).map { "podman \($0)" } : [])
    }

    /// Whether the same is found there: the same image, whoever fetches it where its digest is named, for the same platforms.
    func isSame(as other: DesiderataContent) -> Bool {
        let (mine, its) = (input.reference.digest, other.input.reference.digest)
        return (input.id == other.input.id || mine != nil && mine == its) && Set(platforms) == Set(other.platforms)
    }
}
