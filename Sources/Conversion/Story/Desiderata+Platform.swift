package import OCI
package import State

extension Desiderata {
    /// The platform to convert for: the one that was chosen, else the desiderata's first.
    ///
    /// Throws ``ConversionError`` where this version makes less than is wanted: an output of a newer version, or a platform
    /// that cannot be read.
    package func platform(_ chosen: Platform?) throws -> Platform {
        guard formats.unknown.isEmpty else {
            let names = formats.unknown.map(\.description).joined(separator: ", ")
            throw ConversionError("this version does not make what is wanted (\(names)): use a newer version of Wafer")
        }
        if let chosen { return chosen }
        do {
            return try Platform(parsing: platforms.first ?? Desiderata.standardPlatform)
        } catch {
            throw ConversionError("\(error): name another one with --platform")
        }
    }
}
