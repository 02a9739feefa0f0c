import ArgumentParser
import OCI

extension Platform: ExpressibleByArgument {
    /// Nil where it is not `OS/ARCHITECTURE[/VARIANT]`.
    public init?(argument: String) {
        // The parser says itself that the value is invalid, and for which option.
        guard let platform = try? Platform(parsing: argument) else { return nil }
        self = platform
    }

    /// What help texts show.
    public var defaultValueDescription: String { description }
}
