/// The standard output for many short lines: one system call for 64 KiB of them.
struct BufferedOutput {
    private static let limit = 64 << 10
    private var buffer: [UInt8] = []

    /// Adds text.
    mutating func write(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.limit { try flush() }
    }

    /// Writes what is left. Without it the last lines are lost.
    mutating func flush() throws {
        try StandardOutput.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
