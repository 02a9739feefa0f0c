import Plumbing

extension Desiderata {
    /// That these images and this repository are this desiderata's: one row each, whatever is made for which platforms.
    /// It names what is wanted and not there.
    package func taken(formats wanted: OutputFormats, platforms wantedPlatforms: [String]) -> StateError {
        var differences: [String] = []
        if Set(wanted.all) != Set(formats.all) { differences.append("with the formats \(formats), not \(wanted)") }
        if Set(wantedPlatforms) != Set(platforms) {
            differences.append("for \(Self.text(platforms)), not \(Self.text(wantedPlatforms))")
        }
        return .desiderataExists(id, difference: differences.isEmpty ? nil : differences.joined(separator: ", and "))
    }

    private static func text(_ platforms: [String]) -> String {
        platforms.map { Printable.text($0) }.joined(separator: ",")
    }
}
