/// Comma-separated values, quoted by RFC 4180; lines end with a newline alone, as the original document's do.
enum CSV {
    /// One line with its newline.
    static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\n"
    }

    private static let special = Array(",\"\r\n".utf8)

    private static func quoted(_ field: String) -> String {
        guard field.utf8.contains(where: special.contains) else { return field }
        return "\"\(field.replacing("\"", with: "\"\""))\""
    }
}
