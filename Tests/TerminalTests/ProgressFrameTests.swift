import Terminal
import Testing

/// What is drawn for a state, a width and a time.
@Suite struct ProgressFrameTests {
    /// Three of five layers in work, the first done.
    private func board() -> ProgressBoard {
        var board = ProgressBoard()
        board.begin(items: 5, bytes: 5_000_000, at: .seconds(10))
        for (label, total) in [("0123456789ab", Int64(1_000_000)), ("a1a1a1a1a1a1", 2_000_000), ("b2b2b2b2b2b2", 500)] {
            board.start(label, total: total, at: .seconds(10))
        }
        board.advance("0123456789ab", to: 900_000, at: .seconds(11))
        board.finish("0123456789ab", isComplete: true)
        board.advance("a1a1a1a1a1a1", to: 1_000_000, at: .seconds(12))
        return board
    }

    private func lines(_ columns: Int, _ rows: Int = 24, _ board: ProgressBoard? = nil) -> [String] {
        ProgressFrame(board ?? self.board(), noun: "layers", isColoured: false)
            .lines(WindowSize(columns: columns, rows: rows), at: .seconds(12))
    }

    @Test func eightyColumns() {
        #expect(
            lines(80)
                == [
                    "a1a1a1a1a1a1  [===============>               ]    1.0 MB of 2.0 MB  500.0 kB/s",
                    "b2b2b2b2b2b2  [>                              ]        0 B of 500 B            ",
                    "1 of 5 layers  2.0 MB of 5.0 MB  1.0 MB/s",
                ]
        )
    }

    @Test func fortyColumns() {
        #expect(
            lines(40) == [
                "a1a1a1a1a1a1  [=========>        ]  50%",
                "b2b2b2b2b2b2  [>                 ]   0%",
                "1 of 5 layers  2.0 MB of 5.0 MB",
            ]
        )
    }

    /// However narrow and low the window is: nothing wraps, nothing scrolls.
    @Test func fitsIntoEveryWindow() {
        for columns in 1...200 {
            for rows in 1...8 {
                let lines = lines(columns, rows)
                #expect(lines.count <= rows - 1)
                #expect(lines.allSatisfy { $0.utf8.count <= columns - 1 })
            }
        }
    }

    @Test func saysHowManyDoNotFit() {
        var board = ProgressBoard()
        board.begin(items: 9, bytes: 9, at: .zero)
        for number in 1...9 { board.start("layer\(number)", total: 1, at: .zero) }
        #expect(lines(60, 6, board).suffix(2) == ["and 6 more", "0 of 9 layers  0 B of 9 B"])
        #expect(lines(60, 2, board) == ["0 of 9 layers  0 B of 9 B"])
        #expect(lines(60, 1, board) == [])
    }

    @Test func nothingIsShownWithoutWork() {
        var board = board()
        board.begin(items: 1, bytes: 1, at: .seconds(12))
        #expect(board.itemsTotal == 6)
        board.end()
        #expect(board.isActive)
        board.end()
        #expect(lines(80, 24, board) == [])
        #expect(board == ProgressBoard())
        board.start("x", total: 1, at: .zero)
        #expect(board.items.isEmpty)
    }

    @Test func whatFailsCountsItsBytesOnly() {
        var board = board()
        board.finish("a1a1a1a1a1a1", isComplete: false)
        #expect(board.itemsDone == 1)
        #expect(board.bytesDone == 2_000_000)
    }

    @Test func coloursAreOnlyInBars() {
        let board = board()
        let plain = lines(80)
        let coloured = ProgressFrame(board, noun: "layers", isColoured: true)
            .lines(.standard, at: .seconds(12))
        #expect(coloured[0].hasPrefix("a1a1a1a1a1a1  [\u{1B}[36m="))
        #expect(coloured.map { $0.replacing("\u{1B}[36m", with: "").replacing("\u{1B}[0m", with: "") } == plain)
    }

    /// A rate is that of the last seconds.
    @Test func ratesForgetTheBeginning() {
        var board = ProgressBoard()
        board.begin(items: 1, bytes: 100_000_000, at: .zero)
        board.start("a", total: 100_000_000, at: .zero)
        for second in 1...20 { board.advance("a", to: Int64(second) * 1_000_000, at: .seconds(second)) }
        #expect(board.rate(at: .seconds(20)) == 1_000_000)
        for second in 21...30 { board.advance("a", to: 20_000_000, at: .seconds(second)) }
        #expect(board.rate(at: .seconds(30)) == nil)
    }
}
