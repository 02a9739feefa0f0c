import Plumbing
import SystemPackage

/// Reads the small files of a key folder.
enum KeyFile {
    /// Far above every RSA key and certificate.
    static let limit = 256 << 10

    /// The bytes of a file. Throws ``CVMFSError`` which names the file.
    static func read(_ path: FilePath, _ what: String) throws -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter { try readAll(file) }
        } catch Errno.noSuchFileOrDirectory {
            throw CVMFSError(.notFound, "no \(what) at \(Printable.text(path.string))")
        } catch let error as Errno {
            throw CVMFSError(.system, "cannot read the \(what) \(Printable.text(path.string)): \(error)")
        }
    }

    private static func readAll(_ file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= limit {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
        }
        throw Errno.fileTooLarge
    }
}
