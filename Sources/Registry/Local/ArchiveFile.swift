import Foundation
import Glibc
import OCI
import Plumbing
import SystemPackage

/// An archive whose parts are read in any order: the file itself, or, where that is compressed as a whole, its content in a
/// temporary file that has no name and ends with its last reader.
enum ArchiveFile {
    /// The compressions that are named and not read: their beginning, and the command that takes them away.
    private static let unread: [(magic: [UInt8], name: String, command: String)] = [
        ([0x04, 0x22, 0x4D, 0x18], "lz4", "lz4 -dk")
    ]

    /// Room that is left to others: an archive that is a bomb must not fill the disk.
    private static let reserve: Int64 = 1 << 30
    /// How often room is looked for.
    private static let step: Int64 = 64 << 20

    /// Opens an archive. Blocks, as long as its content takes to inflate. Throws ``LocalFault`` or `Errno`.
    static func open(_ path: String) throws -> LocalFile {
        guard let file = try LocalFile.open(FilePath(path)) else {
            throw LocalFault(.notFound, "there is no file \(path)")
        }
        let start = try FileExtent(file).prefix(StreamFormat.prefixLength)
        if let other = unread.first(where: { start.starts(with: $0.magic) }) {
            throw LocalFault(
                .invalidDocument,
                "it is compressed with \(other.name), which Wafer does not read",
                nextStep: "decompress it first: `\(other.command) \(Printable.text(path, limit: 280))`"
            )
        }
        if StreamFormat(firstBytes: start) == .plain { return file }
        return try inflated(file)
    }

    private static func inflated(_ file: LocalFile) throws -> LocalFile {
        let folder = temporaryFolder
        let target = try nameless(in: folder)
        return try target.closeOnError {
            let source = FileExtent(file)
            var position: Int64 = 0
            let inflater = StreamInflater {
                let part = try source.part(at: position)
                position += Int64(part?.count ?? 0)
                return part
            }
            var written: Int64 = 0
            do {
                while let piece = try inflater.read() {
                    if written % step < Int64(piece.count) { try checkRoom(target, folder) }
                    try target.writeAll(piece)
                    written += Int64(piece.count)
                }
            } catch let error as CodecError {
                throw LocalFault(.invalidDocument, "it is compressed, and damaged or cut: \(error)")
            } catch Errno.noSpace {
                throw noRoom(folder)
            }
            return LocalFile(file.path, target, size: written)
        }
    }

    /// Where large temporary files belong (file-hierarchy(7)): `/tmp` is often in memory.
    private static var temporaryFolder: String {
        let named = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
        return named.isEmpty ? "/var/tmp" : named
    }

    /// A new file that no folder names any more.
    private static func nameless(in folder: String) throws -> FileDescriptor {
        let path = FilePath("\(folder)/wafer-archive-\(UUID().uuidString)")
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite
            )
        } catch let error as Errno {
            throw LocalFault(
                .unreachable,
                "it is compressed, and no temporary file can be made in \(folder): \(error)",
                nextStep: "name another folder in TMPDIR, or decompress the archive first"
            )
        }
        return try file.closeOnError {
            guard unlink(path.string) == 0 else { throw Errno(rawValue: errno) }
            return file
        }
    }

    private static func checkRoom(_ file: FileDescriptor, _ folder: String) throws {
        guard try FreeSpace.bytes(at: file.rawValue) > reserve else { throw noRoom(folder) }
    }

    private static func noRoom(_ folder: String) -> LocalFault {
        LocalFault(
            .unreachable,
            "it is compressed, and its content does not fit in \(folder), where 1 GiB is left to others",
            nextStep: "name a folder with more room in TMPDIR, or decompress the archive first"
        )
    }
}

extension FileDescriptor {
    /// Runs `body`; the descriptor is closed where that throws.
    fileprivate func closeOnError<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            // The first error is the one to tell.
            try? close()
            throw error
        }
    }

    fileprivate func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            rest = UnsafeRawBufferPointer(rebasing: rest[try write(rest)...])
        }
    }
}
