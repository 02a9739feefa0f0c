import Conversion
import OCI
import Plumbing
import Registry

/// What `inspect` shows of an image.
struct ImageReport {
    let image: ResolvedImage
    /// What a repository has of it, where one was named.
    let holdings: RepositoryHoldings?

    /// Lines for people. What is no terminal has all digests whole.
    var text: String {
        var text = IndentedText(column: 9)
        text.add("Name", whole: image.source.description)
        text.add("Digest", image.referenceDigest.description)
        text.add("Type", (image.index ?? image.raw).mediaType.rawValue)
        if case .index(let index) = image.index?.decoded {
            text.add("Offers", index.offeredPlatforms.joined(separator: ", "))
            text.add("Manifest", image.manifestDigest.description)
        }
        text.add("Platform", image.platform.description)
        text.add("Config", image.manifest.config.digest.description)
        text.add("Created", image.configuration.created)
        for (key, name) in Self.parameters { text.add(key, Self.words(image.configuration.config[name])) }
        if let holdings { text.add("In", "\(holdings.fqrn): \(Self.say(holdings.name))") }
        if let holdings {
            if let tree = holdings.tree { text.add("Tree", whole: "/cvmfs/\(holdings.fqrn)\(tree.absolute)") }
            if let names = holdings.podmanNames {
                let image = names.first ?? image.manifest.config.digest.hex
                text.add("Podman", whole: "\(image) in /cvmfs/\(holdings.fqrn)/podmanStore")
            }
        }
        text.add("Layers", summary)
        return text.text + layers
    }

    /// The execution parameters that are worth a line, by the words of this report.
    private static let parameters = [
        ("Entry", "Entrypoint"), ("Command", "Cmd"), ("User", "User"), ("Folder", "WorkingDir"), ("Env", "Env"),
        ("Ports", "ExposedPorts"), ("Volumes", "Volumes"), ("Labels", "Labels"),
    ]

    private static func say(_ name: RepositoryHoldings.Name) -> String {
        switch name {
        case .current: "this image is published"
        case .other: "another image is published under this name"
        case .missing: "nothing is published under this name"
        }
    }

    /// A parameter's parts, each of which begins a line.
    private static func words(_ value: JSONValue?) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let values): values.compactMap(\.string)
        default:
            (value?.object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
                value.string.map { "\(name)=\($0)" } ?? name
            }
        }
    }

    private var distinctLayers: [Descriptor] {
        var seen: Set<Digest> = []
        return image.manifest.layers.filter { seen.insert($0.digest).inserted }
    }

    private var summary: String {
        let size = ByteCount.text(distinctLayers.reduce(0) { $0 + $1.size })
        let count = "\(image.manifest.layers.count), \(size)"
        guard let holdings else { return count }
        let missing = distinctLayers.filter { holdings.layer($0.digest) != .complete }
        if missing.isEmpty { return "\(count), all in \(holdings.fqrn)" }
        let rest = ByteCount.text(missing.reduce(0) { $0 + $1.size })
        return "\(count); \(missing.count) of \(rest) not in \(holdings.fqrn)"
    }

    private var layers: String {
        let sizes = image.manifest.layers.map { ByteCount.text($0.size) }
        let width = sizes.map(\.utf8.count).max() ?? 0
        return zip(image.manifest.layers, sizes).enumerated().map { number, layer in
            let (descriptor, size) = layer
            let place = holdings.map { "  \(Self.say($0.layer(descriptor.digest)))" } ?? ""
            let padding = String(repeating: " ", count: width - size.utf8.count)
            let position = String(repeating: " ", count: max(0, 5 - "\(number + 1)".count)) + "\(number + 1)"
            return "\(position)  \(Self.shown(descriptor.digest))  \(padding)\(size)  "
                + "\(Self.form(descriptor.mediaType))\(place)\n"
        }.joined()
    }

    private static func shown(_ digest: Digest) -> String {
        StandardOutput.columns == nil ? digest.description : Cell.digest(digest.description).shown
    }

    private static func say(_ layer: LayerPresence) -> String {
        switch layer {
        case .complete: "known"
        case .unrecorded: "without record"
        case .missing: "new"
        }
    }

    /// By its type, which nobody has to believe: the content tells when the layer is read.
    private static func form(_ type: MediaType) -> String {
        if type.isForeignLayer { return "foreign" }
        for form in ["gzip", "zstd"] where type.rawValue.hasSuffix(form) { return form }
        return type.isLayer ? "tar " : "other"
    }
}
