/// A table as the original document prints it: borders of `+`, `-` and `|`, headers in upper case in the middle, cells on
/// the left (original-document.md, "General workflow").
struct Table {
    let headers: [String]
    let rows: [[String]]

    /// The lines, each with its newline.
    var text: String {
        let headers = headers.map { $0.uppercased() }
        let widths = headers.indices.map { column in
            rows.reduce(headers[column].displayWidth) { max($0, $1[column].displayWidth) }
        }
        let border = widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "+")
        var text = "+\(border)+\n\(line(zip(headers, widths).map(centred)))+\(border)+\n"
        for row in rows { text += line(zip(row, widths).map(leftAligned)) }
        return rows.isEmpty ? text : text + "+\(border)+\n"
    }

    private func line(_ cells: [String]) -> String {
        "| \(cells.joined(separator: " | ")) |\n"
    }

    private func leftAligned(_ cell: String, _ width: Int) -> String {
        cell + String(repeating: " ", count: width - cell.displayWidth)
    }

    private func centred(_ cell: String, _ width: Int) -> String {
        let gap = width - cell.displayWidth
        return String(repeating: " ", count: gap / 2) + leftAligned(cell, width - gap / 2)
    }
}

extension StringProtocol {
    /// The columns that a terminal needs for it: East Asian wide characters take two, combining marks none.
    var displayWidth: Int {
        unicodeScalars.reduce(0) { $0 + $1.displayWidth }
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        if isASCII { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // The wide blocks of Unicode Standard Annex 11, coarsely: Hangul, CJK, full-width forms, emoji.
        switch value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default:
            return 1
        }
    }
}
