import Conversion
import OCI
import State

/// What was understood of an image's name, one field a row.
struct ImageDetails {
    private let image: ImageSource
    private let user: String?
    private let isThin: Bool

    /// An image that somebody named.
    init(_ image: ImageSource, user: String? = nil, isThin: Bool = false) {
        self.image = image
        self.user = user
        self.isThin = isThin
    }

    /// Prints the rows, the document's CSV of the first eight, or all as JSON.
    func print(_ form: ListFormat) throws {
        switch form {
        case .table: try StandardOutput.write(Details(fields: fields + identity).table)
        case .csv:
            let text = CSV.line(fields.map(\.name)) + CSV.line(fields.map(\.value.field))
            try StandardOutput.write(text)
        case .json: try StandardOutput.line(Details(fields: fields + identity).json.text())
        }
    }

    /// What the original program shows, in its order.
    private var fields: [Details.Field] {
        let image = StoredReference(image, user: user)
        return [
            .init("name", "Name", .text(image.text)),
            .init("user", "User", .optional(user)),
            .init("scheme", "Scheme", .text(image.scheme)),
            .init("registry", "Registry", .text(image.registry)),
            .init("repository", "Repository", .text(image.repository)),
            .init("tag", "Tag", .optional(image.tag)),
            .init("digest", "Digest", .optional(image.digest)),
            .init("is_thin", "IsThin", .flag(isThin)),
        ]
    }

    /// By which names the registry goes, and what it is asked for.
    private var identity: [Details.Field] {
        let identity = Details.Field("identity", "Identity", .text(image.identity))
        guard case .registry(let image) = image else { return [identity] }
        return [
            identity,
            .init("canonical_host", "Host of Credentials", .text(image.canonicalHost)),
            .init("api_host", "Host of API", .text(image.apiHost)),
            .init("layout_host", "Host in Paths", .text(image.layoutHost)),
            .init("fetched", "Fetched By", .text(image.reference)),
        ]
    }
}
