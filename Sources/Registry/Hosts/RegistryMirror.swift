package import OCI

/// A registry with copies of another one's images: `[http://]HOST[:PORT][/PREFIX]`, a pull-through proxy's PREFIX being put
/// before the name of each repository.
package struct RegistryMirror: Sendable, Equatable, CustomStringConvertible {
    private let scheme: ImageReference.Scheme
    private let host: String
    private let prefix: String

    /// Reads it. Throws `OCIError` where no image could be there.
    package init(parsing text: String) throws {
        var rest = Substring(text)
        var scheme = ImageReference.Scheme.https
        for known in ImageReference.Scheme.allCases where rest.lowercased().hasPrefix("\(known.rawValue)://") {
            scheme = known
            rest = rest.dropFirst("\(known.rawValue)://".count)
            break
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        self.scheme = scheme
        host = try RegistryHost(parsing: rest[..<end]).description
        prefix = rest[end...].isEmpty ? "" : "\(rest[end...].dropFirst())/"
        // Whatever is wrong with the prefix is wrong with every image.
        _ = try ImageReference(parsing: "\(self.scheme.rawValue)://\(host)/\(prefix)library/image:1")
    }

    /// The image as it is named there. Throws `OCIError` where the name becomes too long.
    package func reference(to image: ImageReference) throws -> ImageReference {
        let suffix = (image.tag.map { ":\($0)" } ?? "") + (image.digest.map { "@\($0)" } ?? "")
        return try ImageReference(parsing: "\(scheme.rawValue)://\(host)/\(prefix)\(image.repository)\(suffix)")
    }

    /// As written, without https.
    package var description: String {
        "\(scheme == .http ? "http://" : "")\(host)\(prefix.isEmpty ? "" : "/\(prefix.dropLast())")"
    }
}
