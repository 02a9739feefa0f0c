package import OCI
import State

extension Wish {
    /// What is made of its image; the layers first.
    ///
    /// Throws ``ConversionError`` where this version makes less than is wanted.
    ///
    /// `others` is what other wishes keep of what this one no longer wants.
    func outputs(
        _ options: ConversionOptions,
        of publisher: any Publisher,
        others: OtherWishes = OtherWishes()
    ) throws -> Outputs {
        guard formats.unknown.isEmpty else {
            let names = formats.unknown.map(\.description).joined(separator: ", ")
            throw ConversionError("this version does not make what is wanted (\(names)): use a newer version of Wafer")
        }
        let more = try formats.all.compactMap { try output($0, options) }
        return Outputs(
            layers: LayersOutput(options),
            others: tree(publisher, options) + more + former(publisher.trees, others)
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
                convertAgain: options.convertAgain
            )
        ]
    }

    /// What is taken away where it is there. A command that wants an image once takes nothing from others.
    private func former(_ settings: TreeSettings, _ others: OtherWishes) -> [any Output] {
        guard desiderata != nil else { return [] }
        var former: [any Output] = []
        if !formats.contains(.flat) {
            former.append(FormerTreeOutput(settings: settings, others: others))
        }
        if !formats.contains(.podman) { former.append(FormerPodmanOutput(others: others)) }
        return former
    }

    /// What a format is made by, beside the layers and the tree; nil for these.
    private func output(_ format: OutputFormat, _ options: ConversionOptions) throws -> (any Output)? {
        switch format {
        case .layers, .flat: return nil
        case .podman: return PodmanOutput()
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
            let command = desiderata.map { "`wafer set-desiderata \($0) --platform` names" } ?? "--platform names"
            throw ConversionError("\(error): \(command) another one")
        }
    }
}
