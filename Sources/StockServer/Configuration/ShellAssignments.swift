import CVMFS
import Plumbing

/// The assignments of a file in shell syntax, read and never executed (docs/cvmfs-format.md §6.1).
///
/// Only what has one literal meaning is understood: `KEY=value` with plain, single- or double-quoted parts, `export` and
/// `readonly` before it, comments and empty lines. Everything that a shell would expand or run is an error.
struct ShellAssignments: Sendable, Equatable {
    /// The last value of each key.
    let values: [String: String]

    /// A larger file is no configuration.
    static let sizeLimit = 1 << 20

    /// Throws ``CVMFSError`` that names `file` and the line.
    init(_ bytes: [UInt8], file: String) throws {
        guard bytes.count <= Self.sizeLimit else {
            throw CVMFSError(.refused, "\(file) has \(bytes.count) bytes: that is no configuration")
        }
        var values: [String: String] = [:]
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            var scanner = Scanner(line: Array(line))
            do {
                guard let (key, value) = try scanner.assignment() else { continue }
                values[key] = value
            } catch let problem as Problem {
                throw CVMFSError(
                    .refused,
                    "\(file), line \(index + 1): \(problem.text): Wafer reads this file without running it and takes "
                        + "only literal assignments such as KEY=value or KEY=\"value\""
                )
            }
        }
        self.values = values
    }

    private struct Problem: Error {
        let text: String
    }

    /// Reads one line.
    private struct Scanner {
        let line: [UInt8]
        var position = 0

        init(line: [UInt8]) {
            self.line = line
        }

        private var next: UInt8? { position < line.count ? line[position] : nil }

        private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

        private mutating func skipBlanks() {
            while let byte = next, Self.isBlank(byte) { position += 1 }
        }

        /// Nil for a line without any.
        mutating func assignment() throws -> (key: String, value: String)? {
            if line.contains(0) { throw Problem(text: "there is a NUL byte") }
            skipBlanks()
            guard let first = next, first != UInt8(ascii: "#") else { return nil }
            var key = name()
            if ["export", "readonly"].contains(key), let byte = next, Self.isBlank(byte) {
                skipBlanks()
                key = name()
            }
            guard !key.isEmpty, next == UInt8(ascii: "=") else { throw Problem(text: "this is no assignment") }
            position += 1
            let value = try value()
            skipBlanks()
            guard next == nil || next == UInt8(ascii: "#") else {
                throw Problem(text: "more follows the value of \(key)")
            }
            guard let text = String(validating: value, as: UTF8.self) else {
                throw Problem(text: "the value of \(key) is not UTF-8")
            }
            return (key, text)
        }

        private mutating func name() -> String {
            let start = position
            while let byte = next, Self.isNameByte(byte, first: position == start) { position += 1 }
            return String(decoding: line[start..<position], as: UTF8.self)
        }

        private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
            default: false
            }
        }

        /// A word: parts in quotes and without, side by side.
        private mutating func value() throws -> [UInt8] {
            var value: [UInt8] = []
            while let byte = next, !Self.isBlank(byte) {
                position += 1
                switch byte {
                case UInt8(ascii: "'"): value += try quoted()
                case UInt8(ascii: "\""): value += try doublyQuoted()
                case UInt8(ascii: "~") where value.isEmpty: throw Problem(text: "~ would be expanded")
                default:
                    if Self.special.contains(byte) || byte < 0x20 || byte == 0x7F {
                        throw Problem(text: "\"\(Printable.text([byte]))\" has a meaning for a shell")
                    }
                    value.append(byte)
                }
            }
            return value
        }

        /// What a shell does not take literally outside of quotes.
        private static let special = Set("$`\\;&|<>(){}*?[]!".utf8)

        private mutating func quoted() throws -> [UInt8] {
            let start = position
            while let byte = next {
                position += 1
                if byte == UInt8(ascii: "'") { return Array(line[start..<position - 1]) }
            }
            throw Problem(text: "a quote is not closed")
        }

        private mutating func doublyQuoted() throws -> [UInt8] {
            var value: [UInt8] = []
            while let byte = next {
                position += 1
                switch byte {
                case UInt8(ascii: "\""): return value
                case UInt8(ascii: "$"), UInt8(ascii: "`"):
                    throw Problem(text: "\"\(Printable.text([byte]))\" would be expanded")
                case UInt8(ascii: "\\"):
                    guard let escaped = next else { throw Problem(text: "a quote is not closed") }
                    position += 1
                    // Before anything else the backslash stays.
                    if !Set("$`\"\\".utf8).contains(escaped) { value.append(byte) }
                    value.append(escaped)
                default: value.append(byte)
                }
            }
            throw Problem(text: "a quote is not closed")
        }
    }
}
