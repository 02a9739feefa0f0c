import Plumbing

/// Keys with values beside them. For a terminal text is wrapped between words; words, and what is to be copied as it is, are
/// never broken, and elsewhere nothing is: what reads a pipe or a file takes a line for a value.
struct IndentedText {
    let column: Int
    let width: Int?
    private(set) var text = ""

    /// Values begin at `column`, and lines of text end before `width`; nowhere if that is nil.
    init(column: Int, width: Int? = StandardOutput.columns) {
        self.column = column
        self.width = width
    }

    /// Adds text, if there is some.
    mutating func add(_ key: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        add(key, [value])
    }

    /// Adds texts, each of which begins a line.
    mutating func add(_ key: String, _ values: [String]) {
        // Values come from outside.
        add(key, lines: values.flatMap { wrapped(Printable.text($0, limit: .max)) })
    }

    /// Adds what is one word, such as a path, even with blanks in it. Nothing where it is empty. On a terminal it has a line of
    /// its own where it does not fit beside its key.
    mutating func add(_ key: String, whole value: String?) {
        guard let value, !value.isEmpty else { return }
        let shown = Printable.text(value, limit: .max)
        if let width, column + shown.displayWidth > width {
            text += "\(key)\n  \(shown)\n"
        } else {
            add(key, lines: [shown])
        }
    }

    private mutating func add(_ key: String, lines: [String]) {
        var key = key
        for line in lines {
            text += key + String(repeating: " ", count: max(1, column - key.count)) + line + "\n"
            key = ""
        }
    }

    /// Breaks at blanks. A word that is too long has a line of its own.
    private func wrapped(_ value: String) -> [String] {
        guard let width else { return [value] }
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
            let start = rest.firstIndex { $0 != " " } ?? rest.startIndex
            let blanks = rest.indices.filter { $0 > start && rest[$0] == " " }
            guard let blank = blanks.last(where: { $0 <= end }) ?? blanks.first else { break }
            let line = rest[..<blank]
            lines.append(String(line.prefix(through: line.lastIndex { $0 != " " } ?? line.startIndex)))
            rest = rest[blank...].drop { $0 == " " }
        }
        return lines + [String(rest)]
    }
}
