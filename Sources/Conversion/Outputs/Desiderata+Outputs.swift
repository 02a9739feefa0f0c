package import OCI
package import State

extension Desiderata {
    /// What is made of its image; the layers first.
    ///
    /// Throws ``ConversionError`` where this version makes less than is wanted.
    func outputs(_ options: ConversionOptions) throws -> Outputs {
        guard formats.unknown.isEmpty else {
            let names = formats.unknown.map(\.description).joined(separator: ", ")
            throw ConversionError("this version does not make what is wanted (\(names)): use a newer version of Wafer")
        }
        return Outputs(layers: LayersOutput(options), others: try formats.all.compactMap { try output($0, options) })
    }

    /// What a format is made by, beside the layers; nil for these.
    private func output(_ format: OutputFormat, _ options: ConversionOptions) throws -> (any Output)? {
        switch format {
        case .layers: return nil
        case .thin:
            guard let output else {
                throw ConversionError("desiderata \(id) wants a thin image without a name: remove it and add it again")
            }
            return ThinImageOutput(output, repository: cvmfsRepository, form: options.thinForm ?? .docker)
        case .flat, .podman, .other: return nil
        }
    }

    /// The platform to convert for: the one that was chosen, else the desiderata's.
    ///
    /// Throws ``ConversionError`` where it cannot be read, and where several are wanted: this version converts for one.
    package func platform(_ chosen: Platform?) throws -> Platform {
        if let chosen { return chosen }
        guard platforms.count < 2, platforms != [Desiderata.allPlatforms] else {
            throw ConversionError(
                "this version does not convert for several platforms (\(platforms.joined(separator: ", "))): choose one "
                    + "with --platform, or use a newer version of Wafer"
            )
        }
        do {
            return try Platform(parsing: platforms.first ?? Desiderata.standardPlatform)
        } catch {
            throw ConversionError("\(error): name another one with --platform")
        }
    }
}
