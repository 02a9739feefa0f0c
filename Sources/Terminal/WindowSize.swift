import Glibc

/// The size of a terminal's window.
package struct WindowSize: Sendable, Equatable {
    /// Characters a line.
    package let columns: Int
    /// Lines.
    package let rows: Int

    /// What terminals had for decades.
    package static let standard = WindowSize(columns: 80, rows: 24)

    /// A size.
    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// The size of a terminal now; the standard one where it does not know, or the descriptor is none.
    package static func of(_ descriptor: Int32) -> WindowSize {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return .standard }
        return WindowSize(columns: Int(size.ws_col), rows: size.ws_row > 0 ? Int(size.ws_row) : Self.standard.rows)
    }
}
