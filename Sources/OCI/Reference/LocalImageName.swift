import Plumbing

/// The name of an image in a file or folder of this machine: `oci:DIR[:NAME]`, `oci-archive:FILE[:NAME]`,
/// `docker-archive:FILE[:REFERENCE]`, `dir:DIR`
/// ([containers-transports(5)](https://github.com/containers/image/blob/main/docs/containers-transports.5.md)).
///
/// The path is absolute and normalised. It ends at the first colon, as other tools read these names; that of `dir:` has no end.
package struct LocalImageName: Sendable, Hashable, CustomStringConvertible {
    /// What the file or folder is.
    package enum Form: String, Sendable, CaseIterable {
        /// A folder as the OCI "Image Layout" describes it.
        case layout = "oci"
        /// A tar archive of such a folder.
        case layoutArchive = "oci-archive"
        /// A tar archive as `docker save` writes it.
        case archive = "docker-archive"
        /// A folder of skopeo's: `manifest.json`, and each blob under its digest.
        case folder = "dir"
    }

    /// What stands before names of images that other programs keep, and what to do to get at them.
    private static let strangers = [
        "docker": "names an image of a registry: write it without \"docker://\"",
        "docker-daemon": "names an image of a Docker daemon: save it with `docker save -o FILE IMAGE`, and name it "
            + "docker-archive:FILE",
        "containers-storage":
            "names an image of podman's or buildah's: save it with `podman save --format oci-archive -o FILE "
            + "IMAGE`, and name it oci-archive:FILE",
    ]

    /// What stands in place of a registry's name.
    package static let host = "local"

    /// What the file or folder is.
    package let form: Form
    /// Its absolute path, normalised by its text alone.
    package let path: String
    /// Which of its images; nil where it holds only one.
    package let name: String?

    private static let maximumPathLength = 2048

    /// Reads a name, nil where it begins with none of the forms. Relative paths are below `folder`.
    ///
    /// Throws ``OCIError/invalidReference(part:text:rule:)``; for a name of another program's image with what to type instead.
    package init?(parsing text: String, folder: String) throws {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let beginning = String(text[..<colon])
        guard let form = Form(rawValue: beginning) else {
            // "docker:27" is an image of Docker Hub.
            let isStranger = beginning != "docker" || text[colon...].hasPrefix("://")
            if isStranger, let rule = Self.strangers[beginning] { throw Self.refused(text, rule) }
            return nil
        }
        // "oci://name/…" is a mistaken scheme, not a folder; "docker-archive:///file" hardly what anybody means.
        let rest = text[text.index(after: colon)...]
        if rest.hasPrefix("//") {
            throw Self.refused(text, "must have one path after \"\(form.rawValue):\", without \"//\"")
        }
        guard rest.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Self.refused(text, "must not contain control characters")
        }
        let end = form == .folder ? rest.endIndex : rest.firstIndex(of: ":") ?? rest.endIndex
        let path = rest[..<end]
        guard !path.isEmpty else { throw Self.refused(text, "must have a path after \"\(form.rawValue):\"") }
        self.form = form
        self.path = Self.normalised(path.hasPrefix("/") ? String(path) : "\(folder)/\(path)")
        name = end == rest.endIndex ? nil : String(rest[rest.index(after: end)...])
        try Self.check(name, form, text)
        try checkPath(text)
    }

    private static func check(_ name: String?, _ form: Form, _ text: String) throws {
        guard let name else { return }
        guard !name.isEmpty else { throw refused(text, "must not end with \":\"") }
        switch form {
        case .layout, .layoutArchive:
            // The grammar of the annotation `org.opencontainers.image.ref.name`.
            guard name.utf8.allSatisfy(isNameByte) else {
                throw refused(text, "must have a name of letters, digits and \"-._:@/+\" after its path")
            }
        case .archive:
            _ = try ImageReference(parsing: name)
        case .folder: break
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._:@/+".utf8.contains(byte)
        }
    }

    private func checkPath(_ text: String) throws {
        let parts = metadataComponents
        guard path.utf8.count <= Self.maximumPathLength, parts.allSatisfy({ $0.utf8.count <= 255 }) else {
            throw Self.refused(text, "is too long")
        }
        guard parts.count > 1 else { throw Self.refused(text, "must not be the root folder") }
        if parts.contains(where: { $0.hasPrefix(".cvmfs") }) {
            throw Self.refused(text, "must not have a path with names that begin with \".cvmfs\", which CVMFS needs")
        }
    }

    private static func refused(_ text: String, _ rule: String) -> OCIError {
        .invalidReference(part: .reference, text: Printable.text(text, limit: 280), rule: rule)
    }

    private static func normalised(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// `oci:/srv/images/app:1`.
    package var description: String {
        "\(form.rawValue):\(path)" + (name.map { ":\($0)" } ?? "")
    }

    /// The directories below `.metadata` for this image: `oci`, `srv`, `images`, `app:1`. A `/` of the name becomes `%2F`.
    package var metadataComponents: [String] {
        var components = [form.rawValue] + path.split(separator: "/").map(String.init)
        if let name, components.count > 1 {
            components[components.count - 1] += ":\(name.replacing("/", with: "%2F"))"
        }
        return components
    }
}
