import ArgumentParser
import Foundation
import State

/// What is to be made of an image, as it is typed.
enum WantedFormats {
    /// Reads `flat, thin`: formats that this version makes. The layers are among them, named or not.
    static func parse(_ text: String) throws -> OutputFormats {
        let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        let formats = names.map(OutputFormat.init(name:))
        let known = OutputFormat.known.map(\.name).joined(separator: ", ")
        if let unknown = formats.first(where: { !OutputFormat.known.contains($0) }) {
            throw ValidationError("there is no format \(unknown), only \(known)")
        }
        guard !formats.isEmpty else { throw ValidationError("no format is named: name one of \(known)") }
        return OutputFormats(formats.contains(.layers) ? formats : [.layers] + formats)
    }

    /// For the help of commands.
    static let help = """
        FORMATS:
          layers   the layers of the image, in the repository; made in any case
          flat     its root file system, as REGISTRY/REPOSITORY:TAG there
          podman   its place in podmanStore there, an additional image store
          thin     a thin image, pushed as the output image
        """
}
