import Glibc
import Plumbing
import SystemPackage
import Terminal

/// Where results go. Progress and errors go to the standard error instead.
enum StandardOutput {
    /// Nobody reads the output any more: no error to show.
    struct Closed: Error {}

    /// The output cannot be written.
    struct Failure: Error, CustomStringConvertible {
        let errno: Errno

        var description: String { "cannot write to the standard output: \(errno)" }
    }

    /// Writes text.
    static func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Writes a line, or several. Characters that would drive a terminal are escaped, tabs are not.
    static func line(_ text: String) throws {
        try write(Printable.lines(text, keeping: "\t") + "\n")
    }

    /// Writes a JSON document from outside: as it is into a pipe or file, with its content alone on a terminal.
    static func write(document: [UInt8]) throws {
        guard isatty(STDOUT_FILENO) == 1 else { return try write(document) }
        try write(JSONValue.shown(String(decoding: document, as: UTF8.self)))
    }

    /// Writes bytes as they are.
    static func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes(write)
    }

    /// Writes bytes as they are.
    static func write(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            // Both may be the same terminal.
            _ = try Screen.standardError.yield { try FileDescriptor.standardOutput.writeAll(bytes) }
        } catch Errno.brokenPipe {
            throw Closed()
        } catch let errno as Errno {
            throw Failure(errno: errno)
        }
    }
}
