import Conversion
import Plumbing
import SystemPackage

/// A small file that a person names, `-` for the standard input.
enum InputFile {
    /// Far above whitelists, requests and meta info.
    private static let limit = 1 << 20

    /// The bytes. Throws where it cannot be read, or is larger than what such files are.
    static func read(_ name: String) throws -> [UInt8] {
        do {
            if name == "-" { return try readAll(.standardInput, name) }
            let file = try FileDescriptor.open(FilePath(name), .readOnly, options: .closeOnExec)
            return try file.closeAfter { try readAll(file, name) }
        } catch let error as Errno {
            throw ConversionError("cannot read \(Printable.text(name)): \(error)")
        }
    }

    private static func readAll(_ file: FileDescriptor, _ name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
        }
        throw ConversionError("\(Printable.text(name)) has more than \(limit) bytes: it is no such file")
    }
}
