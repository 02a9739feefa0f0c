/// The control sequences (ECMA-48) that draw lines below everything else.
///
/// Between two writes the cursor stands at the first column of the first line. Whatever a terminal does with lines that are
/// too long when its window becomes narrower, that place stays: the next write begins there and clears what is below. So
/// the size of the window before does not matter, nothing scrolls away, and one write makes a frame without flicker.
package enum ScreenText {
    private static let clearLine = "\u{1B}[K"
    private static let clearBelow = "\u{1B}[J"

    /// Draws the lines over what is there, and clears what is left of it.
    package static func draw(_ lines: [String]) -> String {
        guard let last = lines.last else { return "\r" + clearBelow }
        let above = lines.dropLast().map { $0 + clearLine + "\n" }.joined()
        let up = lines.count > 1 ? "\u{1B}[\(lines.count - 1)A" : ""
        return "\r\(above)\(last)\(clearLine)\(clearBelow)\r\(up)"
    }

    /// Writes text that stays, of whole lines, and draws the lines below it.
    package static func write(_ text: String, above lines: [String]) -> String {
        let whole = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: clearLine + "\n")
        return "\r" + whole + draw(lines)
    }
}
