import Conversion
import Plumbing
import SystemPackage

/// A small file that a person names, `-` for the standard input.
enum InputFile {
    /// Far above whitelists, requests and meta info.
    private static let limit = 1 << 20

    /// The bytes. Throws where it cannot be read, or is larger than what such files are.
    static func read(_ name: String) async throws -> [UInt8] {
        try await BlockingExecutor.shared.run { try content(of: name) }
    }

    private static func content(of name: String) throws -> [UInt8] {
        do {
            if name == "-" { return try NamedFile.read(.standardInput, limit: limit) }
            let path = FilePath(name)
            guard let bytes = try NamedFile.read(path, limit: limit, links: .anybodys, inherited: true) else {
                throw Errno.noSuchFileOrDirectory
            }
            return bytes
        } catch {
            throw ConversionError("cannot read \(Printable.text(name)): \(error)")
        }
    }
}
