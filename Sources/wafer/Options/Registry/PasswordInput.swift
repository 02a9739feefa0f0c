import ArgumentParser
import Glibc
import Plumbing
import State
import SystemPackage
import Terminal

/// Where a password comes from that is not in the arguments.
enum PasswordInput {
    /// Longer than any token.
    private static let limit = 64 << 10

    /// A password that cannot be used.
    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    /// Everything on the standard input, without the newline at its end.
    static func readStandardInput() throws -> Password {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= limit {
            let count = try buffer.withUnsafeMutableBytes { try FileDescriptor.standardInput.read(into: $0) }
            if count == 0 { return try password(bytes) }
            bytes += buffer.prefix(count)
        }
        throw Refused(description: "the standard input holds more than \(limit) bytes: that is no password")
    }

    /// Asks a person, without showing what is typed. A usage error where there is no terminal.
    static func ask(_ prompt: String) throws -> Password {
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("no terminal to ask for the password: use --password-stdin")
        }
        // The prompt comes last: what was typed before it, perhaps for something else, is thrown away, and no answer to it.
        Screen.standardError.flush()
        return try withoutEcho {
            write(prompt)
            defer { write("\n") }
            return try password(try readLine())
        }
    }

    private static func password(_ bytes: [UInt8]) throws -> Password {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") {
            bytes = bytes.dropLast()
            if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
        }
        guard !bytes.isEmpty else { throw Refused(description: "the password is empty: nothing was stored") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refused(description: "the password is not UTF-8 text: nothing was stored")
        }
        if let fault = LoginRule.fault(ofSecret: text) { throw Refused(description: "\(fault): nothing was stored") }
        return Password(text)
    }

    /// Reads key by key: the terminal neither shows nor edits, and Ctrl-C must not leave it like that.
    private static func readLine() throws -> [UInt8] {
        var typed: [UInt8] = []
        var key: UInt8 = 0
        while typed.count <= limit {
            let count = try withUnsafeMutableBytes(of: &key) { try FileDescriptor.standardInput.read(into: $0) }
            switch (count, key) {
            case (0, _), (_, 0x04), (_, UInt8(ascii: "\n")), (_, UInt8(ascii: "\r")):
                return typed
            case (_, 0x03):
                throw Refused(description: "interrupted: nothing was stored")
            case (_, 0x08), (_, 0x7f):
                // A character may be several bytes.
                while let last = typed.popLast(), last & 0xc0 == 0x80 {}
            case (_, 0x15):
                typed = []
            default:
                typed.append(key)
            }
        }
        throw Refused(description: "more than \(limit) characters: that is no password")
    }

    private static func withoutEcho<T>(_ body: () throws -> T) throws -> T {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { throw Errno(rawValue: errno) }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { throw Errno(rawValue: errno) }
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
        return try body()
    }

    private static func write(_ text: String) {
        // Without a terminal for the prompt the person still can type.
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
