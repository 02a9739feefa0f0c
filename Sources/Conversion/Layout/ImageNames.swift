import OCI
package import Plumbing
import State

/// How a repository names images.
package struct ImageNames {
    /// Where `{registry}`, `{repository}` and `{reference}` stand for these of an image.
    let template: String

    /// The name of an image: the path of a link. Throws ``ConversionError`` for a template that gives no path.
    func name(of source: ImageSource) throws -> BytePath {
        do {
            return try Self.checked(Self.text(of: source, try NameTemplate(checking: template)))
        } catch {
            throw ConversionError(
                "\(source) has no name by \"\(Printable.text(template))\": choose other names with wafer repository set --names"
            )
        }
    }

    /// The same as it stands in the template's place, whether or not it is a path.
    static func text(of source: ImageSource, _ template: NameTemplate) -> String {
        let parts = parts(of: source)
        return template.expand(registry: parts.registry, repository: parts.repository, reference: parts.reference)
    }

    /// A name that a person chose. Throws where it is no path, or one of Wafer's own.
    package static func checked(_ text: String) throws -> BytePath {
        let path = try BytePath(text)
        guard !text.contains("$("), !text.unicodeScalars.contains(where: Printable.isHidden) else {
            throw ConversionError(
                "\"\(Printable.text(text))\" is no name for an image: clients expand \"$(\", and control characters are not "
                    + "allowed: name another path"
            )
        }
        let first = path.components.first ?? []
        guard first.first != UInt8(ascii: "."), !path.isRoot, !first.elementsEqual("podmanStore".utf8) else {
            throw ConversionError(
                "\"\(Printable.text(text))\" is no name for an image: name a path that does not begin with a dot or with podmanStore"
            )
        }
        return path
    }

    private static func parts(of source: ImageSource) -> (registry: String, repository: String, reference: String) {
        switch source {
        case .registry(let image):
            // Where only a digest is wanted, as DUCC has it.
            let reference = image.tag ?? image.digest?.description ?? "latest"
            return (image.layoutHost, image.repository, reference)
        case .local(let name):
            var components = name.metadataComponents
            let form = components.isEmpty ? "" : components.removeFirst()
            let rest = components.joined(separator: "/")
            guard let colon = rest.lastIndex(of: ":") else { return (form, rest, "latest") }
            return (form, String(rest[..<colon]), String(rest[rest.index(after: colon)...]))
        }
    }
}
