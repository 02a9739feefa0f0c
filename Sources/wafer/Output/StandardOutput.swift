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

    /// Whether the standard error goes to the same place: then both keep their order. Otherwise nobody waits for it, who may
    /// have stopped it.
    private static let isStandardError: Bool = {
        if isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1 { return true }
        var (output, errors) = (stat(), stat())
        guard fstat(STDOUT_FILENO, &output) == 0, fstat(STDERR_FILENO, &errors) == 0 else { return false }
        return output.st_dev == errors.st_dev && output.st_ino == errors.st_ino
    }()

    /// The columns that text is wrapped into: nil where the output is no terminal, and so nothing is wrapped or cut.
    static let columns: Int? = isatty(STDOUT_FILENO) == 1 ? 80 : nil

    /// Writes text in the middle of other work: whoever does not read it holds up its caller only.
    static func write(besides text: String) async throws {
        try await BlockingExecutor.shared.run { try write(text) }
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
            if isStandardError {
                _ = try Screen.standardError.yield { try FileDescriptor.standardOutput.writeAll(bytes) }
            } else {
                _ = try FileDescriptor.standardOutput.writeAll(bytes)
            }
        } catch Errno.brokenPipe {
            throw Closed()
        } catch let errno as Errno {
            throw Failure(errno: errno)
        }
    }
}
