/// The outputs of a desiderata: each once, in the order in which they were named.
package struct OutputFormats: Sendable, Hashable, CustomStringConvertible, ExpressibleByArrayLiteral {
    /// The formats, in order.
    package let all: [OutputFormat]

    /// Takes each format once.
    package init(_ formats: some Sequence<OutputFormat>) {
        all = formats.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The formats of a literal.
    package init(arrayLiteral formats: OutputFormat...) {
        self.init(formats)
    }

    /// Reads `layers,flat,thin`: names with commas between them.
    package init(names: String) {
        self.init(names.split(separator: ",").map { OutputFormat(name: String($0)) })
    }

    /// What a new desiderata has where nothing was said: layers, a root file system by name, and a thin image where that
    /// has a name.
    package static func standard(hasOutputImage: Bool) -> OutputFormats {
        hasOutputImage ? [.layers, .flat, .thin] : [.layers, .flat]
    }

    /// Whether a format is among them.
    package func contains(_ format: OutputFormat) -> Bool { all.contains(format) }

    /// Those that only a newer version makes.
    package var unknown: [OutputFormat] { all.filter { !OutputFormat.known.contains($0) } }

    /// Why these cannot be wanted together with an output image, or without one: a sentence that says what to do. Nil if
    /// they can.
    package func fault(hasOutputImage: Bool) -> String? {
        guard contains(.layers) else { return "every output needs the layers in the repository: add layers" }
        return switch (contains(.thin), hasOutputImage) {
        case (true, false): "a thin image needs a name: name the output image, or leave thin out"
        case (false, true): "an output image is the name of a thin image: add thin, or leave the output image out"
        case (true, true), (false, false): nil
        }
    }

    /// How the database keeps them: `layers,flat,thin`.
    var names: String { all.map(\.name).joined(separator: ",") }

    /// `layers,flat,thin`, safe to print.
    package var description: String { all.map(\.description).joined(separator: ",") }
}
