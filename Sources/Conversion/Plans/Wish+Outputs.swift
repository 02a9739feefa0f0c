package import OCI
import Registry
import State

extension Wish {
    /// What is made of its image; the layers first.
    ///
    /// Throws ``ConversionError`` where this version makes less than is wanted.
    func outputs(_ options: ConversionOptions, of publisher: any Publisher) throws -> Outputs {
        guard formats.unknown.isEmpty else {
            let names = formats.unknown.map(\.description).joined(separator: ", ")
            throw ConversionError("this version does not make what is wanted (\(names)): use a newer version of Wafer")
        }
        let more = try formats.all.compactMap { try output($0, options, publisher) }
        return Outputs(
            layers: LayersOutput(options),
            others: tree(publisher, options) + more,
            adopted: AdoptedImages(areThere: publisher.adoption != nil)
        )
    }

    /// The tree that people and podman read; none where nobody shall.
    private func tree(_ publisher: any Publisher, _ options: ConversionOptions) -> [any Output] {
        let isForPodman = formats.contains(.podman)
        guard formats.contains(.flat) || isForPodman else { return [] }
        let chosen = name.map(TreeOutput.Naming.chosen) ?? .ofRepository
        return [
            TreeOutput(
                publisher.trees,
                isForPodman: isForPodman,
                keepsAttributes: publisher.keepsAttributes,
                naming: formats.contains(.flat) ? chosen : .none,
                convertAgain: options.convertAgain,
                isAdopted: publisher.adoption != nil
            )
        ]
    }

    /// What a format is made by, beside the layers and the tree; nil for these.
    private func output(
        _ format: OutputFormat,
        _ options: ConversionOptions,
        _ publisher: any Publisher
    ) throws -> (any Output)? {
        switch format {
        case .layers, .flat: return nil
        case .podman: return PodmanOutput(keepsAdoptedNames: publisher.adoption != nil)
        case .thin:
            guard let output else {
                let what = desiderata.map { "desiderata \($0) wants" } ?? "there is to be"
                throw ConversionError("\(what) a thin image without a name: name it with --output-image")
            }
            return ThinImageOutput(output, repository: repository, form: options.thinForm ?? .docker)
        case .other: return nil
        }
    }

    /// The platforms to convert for: the one that was chosen, else the desiderata's.
    ///
    /// Throws ``ConversionError`` where one cannot be read.
    package func wantedPlatforms(_ chosen: Platform?) throws -> WantedPlatforms {
        if let chosen { return .one(chosen) }
        if platforms == [Desiderata.allPlatforms] { return .all }
        do {
            return .these(
                try (platforms.isEmpty ? [Desiderata.standardPlatform] : platforms).map(Platform.init(parsing:))
            )
        } catch {
            throw ConversionError("\(error): \(platformCommand)")
        }
    }

    /// What names other platforms.
    private var platformCommand: String {
        desiderata.map { "`wafer set-desiderata \($0) --platform OS/ARCHITECTURE` names another one" }
            ?? "--platform names another one"
    }

    /// The images that the input has for the wanted platforms. Throws ``Registry/RegistryError``, which says where those of a
    /// desiderata are changed.
    func images(
        of input: any ImageTransport,
        _ wanted: WantedPlatforms,
        _ options: ConversionOptions
    ) async throws -> [ResolvedImage] {
        do {
            return try await input.resolve(wanted)
        } catch let error as RegistryError where error.code == .platformNotOffered && options.platform == nil {
            throw error.with(nextStep: platformCommand)
        }
    }
}
