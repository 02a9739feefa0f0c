import ArgumentParser
import State

/// What is to be made of an image, as it is typed.
enum WantedFormats {
    /// Reads `layers,flat`: formats that this version makes.
    static func parse(_ names: String) throws -> OutputFormats {
        let formats = OutputFormats(names: names)
        if let unknown = formats.unknown.first {
            let known = OutputFormat.known.map(\.name).joined(separator: ", ")
            throw ValidationError("there is no format \(unknown), only \(known)")
        }
        return formats
    }

    /// For the help of commands.
    static let help = """
        FORMATS:
          layers   the layers of the image, in the repository; always among them
          flat     its root file system, as REGISTRY/REPOSITORY:TAG there
          podman   its place in podmanStore there, an additional image store
          thin     a thin image, pushed as the output image
        """
}
