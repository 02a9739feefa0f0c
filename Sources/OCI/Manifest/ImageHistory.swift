package import Plumbing

/// One step of an image's making (OCI "Image Configuration", `history`).
package struct ImageHistory: Hashable, Sendable {
    /// When, in RFC 3339.
    package var created: String?
    /// By which command.
    package var createdBy: String?
    /// Free text.
    package var comment: String?
    /// Whether the step made no layer.
    package var isEmptyLayer: Bool

    /// Makes a step.
    package init(created: String? = nil, createdBy: String? = nil, comment: String? = nil, isEmptyLayer: Bool = false) {
        self.created = created
        self.createdBy = createdBy
        self.comment = comment
        self.isEmptyLayer = isEmptyLayer
    }

    init(_ reader: JSONReader) throws {
        created = try reader.optional("created")?.string()
        createdBy = try reader.optional("created_by")?.string()
        comment = try reader.optional("comment")?.string()
        isEmptyLayer = try reader.optional("empty_layer")?.bool() ?? false
    }

    /// The step as JSON.
    package var json: JSONValue {
        var members: [String: JSONValue] = [:]
        members["created"] = created.map(JSONValue.string)
        members["created_by"] = createdBy.map(JSONValue.string)
        members["comment"] = comment.map(JSONValue.string)
        if isEmptyLayer { members["empty_layer"] = .bool(true) }
        return .object(members)
    }
}
