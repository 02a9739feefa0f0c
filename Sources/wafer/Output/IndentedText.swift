import Plumbing

/// Keys with values beside them, wrapped into a number of columns.
struct IndentedText {
    let column: Int
    let width: Int
    private(set) var text = ""

    /// Values begin at `column`, and no line is longer than `width`.
    init(column: Int, width: Int) {
        self.column = column
        self.width = width
    }

    /// Adds a value, if there is one.
    mutating func add(_ key: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        add(key, [value])
    }

    /// Adds values, each of which begins a line.
    mutating func add(_ key: String, _ values: [String]) {
        var key = key
        // Values come from outside.
        for line in values.flatMap({ wrapped(Printable.text($0, limit: .max)) }) {
            text += key + String(repeating: " ", count: max(1, column - key.count)) + line + "\n"
            key = ""
        }
    }

    /// Breaks at blanks, and within words that are too long.
    private func wrapped(_ value: String) -> [String] {
        let room = width - column
        var lines: [String] = []
        var rest = Substring(value)
        while rest.displayWidth > room {
            var used = 0
            let end =
                rest.firstIndex { character in
                    used += String(character).displayWidth
                    return used > room
                } ?? rest.endIndex
            let blank = rest[..<end].lastIndex(of: " ")
            let line = rest[..<(blank ?? end)]
            lines.append(String(line.prefix(through: line.lastIndex { $0 != " " } ?? line.startIndex)))
            rest = rest[(blank ?? end)...].drop { $0 == " " }
        }
        return lines + [String(rest)]
    }
}
