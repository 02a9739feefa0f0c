/// Makes text that comes from a database file fit for one line of a message.
///
/// A database may come from anywhere: control characters in it must not reach a terminal.
enum Shown {
    private static let limit = 512

    /// `text` with control and formatting characters escaped as `\u{…}`, cut after 512 characters.
    static func text(_ text: String) -> String {
        var shown = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < limit else { return shown + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
