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
        return Outputs(
            layers: LayersOutput(options),
            others: output.map { [ThinImageOutput($0, repository: cvmfsRepository)] } ?? []
        )
    }

    /// The platform to convert for: the one that was chosen, else the desiderata's.
    ///
    /// Throws ``ConversionError`` where it cannot be read, and where several are wanted: this version converts for one.
    package func platform(_ chosen: Platform?) throws -> Platform {
        if let chosen { return chosen }
        guard platforms.count < 2 else {
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
