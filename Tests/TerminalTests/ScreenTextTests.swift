import Terminal
import Testing

/// What a terminal shows after the sequences, as a small model of one understands them.
@Suite struct ScreenTextTests {
    /// Lines of text, a cursor, and the few sequences that are used; nothing wraps.
    private struct Model {
        var lines: [[Character]] = [[]]
        var row = 0
        var column = 0

        var text: [String] { lines.map { String($0) } }

        mutating func feed(_ text: String) throws {
            var rest = Substring(text)
            while let first = rest.popFirst() {
                switch first {
                case "\r": column = 0
                case "\n":
                    // The terminal's driver makes it two.
                    column = 0
                    row += 1
                    if row == lines.count { lines.append([]) }
                case "\u{1B}":
                    let end = try #require(rest.firstIndex { $0.isLetter })
                    try escape(rest[..<end].dropFirst(), rest[end])
                    rest = rest[rest.index(after: end)...]
                default:
                    while lines[row].count <= column { lines[row].append(" ") }
                    lines[row][column] = first
                    column += 1
                }
            }
        }

        private mutating func escape(_ number: Substring, _ command: Character) throws {
            switch command {
            case "K": lines[row] = Array(lines[row].prefix(column))
            case "J":
                lines[row] = Array(lines[row].prefix(column))
                lines = Array(lines.prefix(row + 1))
            case "A": row -= try #require(Int(number))
            default: Issue.record("unexpected sequence \(command)")
            }
            #expect(row >= 0)
        }
    }

    @Test func framesReplaceEachOther() throws {
        var model = Model()
        try model.feed("before\n")
        try model.feed(ScreenText.draw(["one, long", "two", "three"]))
        #expect(model.text == ["before", "one, long", "two", "three"])
        #expect((model.row, model.column) == (1, 0))
        try model.feed(ScreenText.draw(["1", "2"]))
        #expect(model.text == ["before", "1", "2"])
        try model.feed(ScreenText.draw([]))
        #expect(model.text == ["before", ""])
        #expect((model.row, model.column) == (1, 0))
    }

    @Test func messagesComeAbove() throws {
        var model = Model()
        try model.feed(ScreenText.draw(["bar with a long line", "total"]))
        try model.feed(ScreenText.write("short\n", above: ["bar", "total"]))
        try model.feed(ScreenText.write("two\nlines\n", above: ["bar", "total"]))
        #expect(model.text == ["short", "two", "lines", "bar", "total"])
        try model.feed(ScreenText.draw([]) + "$ ")
        #expect(model.text == ["short", "two", "lines", "$ "])
    }
}
