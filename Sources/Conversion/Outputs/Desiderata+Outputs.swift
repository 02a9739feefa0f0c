package import OCI
package import State

extension Desiderata {
    /// What is made of its image; the layers first.
    ///
    /// Throws ``ConversionError`` where this version makes less than is wanted.
    func outputs(_ options: ConversionOptions, of publisher: any Publisher) throws -> Outputs {
        guard formats.unknown.isEmpty else {
            let names = formats.unknown.map(\.description).joined(separator: ", ")
            throw ConversionError("this version does not make what is wanted (\(names)): use a newer version of Wafer")
        }
        let others = try formats.all.compactMap { try output($0, options) }
        return Outputs(layers: LayersOutput(options), others: tree(publisher, options) + others)
    }

    /// The tree that people and podman read; none where nobody shall.
    private func tree(_ publisher: any Publisher, _ options: ConversionOptions) -> [any Output] {
        let isForPodman = formats.contains(.podman)
        guard formats.contains(.flat) || isForPodman else { return [] }
        let naming = formats.contains(.flat) ? TreeOutput.Naming.ofRepository : .none
        return [
            TreeOutput(
                publisher.trees,
                isForPodman: isForPodman && publisher.keepsAttributes,
                naming: naming,
                convertAgain: options.convertAgain
            )
        ]
    }

    /// What a format is made by, beside the layers and the tree; nil for these.
    private func output(_ format: OutputFormat, _ options: ConversionOptions) throws -> (any Output)? {
        switch format {
        case .layers, .flat, .podman: return nil
        case .thin:
            guard let output else {
                throw ConversionError("desiderata \(id) wants a thin image without a name: remove it and add it again")
            }
            return ThinImageOutput(output, repository: cvmfsRepository, form: options.thinForm ?? .docker)
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
            throw ConversionError("\(error): `wafer set-desiderata \(id) --platform` names another one")
        }
    }
}
