import Plumbing

/// The lines that show a ``ProgressBoard``: a bar for each piece in work, and one line about all. A pure function.
package struct ProgressFrame: Sendable {
    /// What is shown.
    package let board: ProgressBoard
    /// What the pieces are called: "layers".
    package let noun: String
    /// Whether bars are coloured.
    package let isColoured: Bool

    /// Wider bars say nothing more.
    private static let maximumBar = 40
    private static let minimumBar = 10
    /// `999.9 MB`: as wide as any number, so that bars do not jump when there are more digits.
    private static let amountWidth = 8

    /// A frame of a board.
    package init(_ board: ProgressBoard, noun: String, isColoured: Bool) {
        self.board = board
        self.noun = noun
        self.isColoured = isColoured
    }

    /// The lines for a window, none wider than it, and one fewer than it has rows. None where nothing is in work.
    package func lines(_ size: WindowSize, at time: Duration) -> [String] {
        // The last column stays empty: some terminals wrap when it is written.
        let width = size.columns - 1
        let height = size.rows - 1
        guard board.isActive, width > 0, height > 0 else { return [] }
        let room = height - 1
        let fits = board.items.count <= room
        let shown = fits ? board.items : Array(board.items.prefix(max(0, room - 1)))
        var lines = Self.aligned(shown.map { cells($0, at: time) }).map { line($0, width) }
        if !fits, room > 0 { lines.append(Self.cut("and \(board.items.count - shown.count) more", width)) }
        return lines + [Self.cut(total(width, at: time), width)]
    }

    /// The parts of a line beside its bar, the least important last.
    private struct Cells {
        let label: String
        let fraction: Double
        var amount: String
        var rate: String

        var percent: String { Self.padded("\(Int(fraction * 100))%", 4) }

        static func padded(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.utf8.count)) + text
        }
    }

    private func cells(_ item: ProgressItem, at time: Duration) -> Cells {
        Cells(
            label: item.label,
            fraction: item.fraction,
            amount: "\(Cells.padded(ByteCount.text(item.done), Self.amountWidth)) of \(ByteCount.text(item.total))",
            rate: item.speed.rate(item.done, at: time).map { "\(ByteCount.text($0))/s" } ?? ""
        )
    }

    /// Numbers below each other, so that bars are equally long.
    private static func aligned(_ lines: [Cells]) -> [Cells] {
        let amount = lines.map(\.amount.utf8.count).max() ?? 0
        return lines.map { cells in
            var cells = cells
            cells.amount = Cells.padded(cells.amount, amount)
            cells.rate = Cells.padded(cells.rate, Self.amountWidth + 2)
            return cells
        }
    }

    private func line(_ cells: Cells, _ width: Int) -> String {
        for tail in ["  \(cells.amount)  \(cells.rate)", "  \(cells.amount)", " \(cells.percent)"] {
            // Two blanks and two brackets beside it.
            let room = width - cells.label.utf8.count - tail.utf8.count - 4
            guard room >= Self.minimumBar else { continue }
            let bar = bar(cells.fraction, min(room, Self.maximumBar))
            return "\(cells.label)  [\(bar)]\(tail)"
        }
        return Self.cut("\(cells.label) \(cells.percent)", width)
    }

    private func bar(_ fraction: Double, _ width: Int) -> String {
        let filled = Int(fraction * Double(width))
        var bar = String(repeating: "=", count: filled)
        if filled < width { bar += ">" }
        let rest = String(repeating: " ", count: max(0, width - filled - 1))
        return isColoured ? "\u{1B}[36m\(bar)\u{1B}[0m\(rest)" : bar + rest
    }

    private func total(_ width: Int, at time: Duration) -> String {
        let amount = "\(ByteCount.text(board.bytesDone)) of \(ByteCount.text(board.bytesTotal))"
        let count = "\(board.itemsDone) of \(board.itemsTotal) \(noun)"
        let rate = board.rate(at: time).map { "  \(ByteCount.text($0))/s" } ?? ""
        let texts = ["\(count)  \(amount)\(rate)", "\(count)  \(amount)", amount]
        return texts.first { $0.utf8.count <= width } ?? amount
    }

    private static func cut(_ text: String, _ width: Int) -> String { String(text.prefix(width)) }
}
