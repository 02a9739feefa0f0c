import Plumbing
import SystemPackage

/// A regular file that is read at any place by any thread.
final class LocalFile: Sendable {
    let path: FilePath
    let size: Int64
    private let descriptor: FileDescriptor

    /// Opens a file; nil where there is none. Throws `Errno`, or ``LocalFault`` where it is not a regular file.
    ///
    /// Without blocking: a FIFO in a folder that came from elsewhere must not hold up anybody.
    static func open(_ path: FilePath) throws -> LocalFile? {
        let opened: FileDescriptor?
        do {
            opened = try NamedFile.open(path, links: .anybodys)
        } catch FileFault.system(let error) {
            throw error
        } catch let fault as FileFault {
            throw LocalFault(.invalidDocument, "\(path) is not a regular file: \(fault)")
        }
        guard let opened else { return nil }
        do {
            return LocalFile(path, opened, size: try opened.seek(offset: 0, from: .end))
        } catch {
            try opened.close()
            throw error
        }
    }

    /// Takes over an open file of that size, which errors call by `path`.
    init(_ path: FilePath, _ descriptor: FileDescriptor, size: Int64) {
        self.path = path
        self.descriptor = descriptor
        self.size = size
    }

    deinit {
        // Nothing was written: there is nothing to lose.
        try? descriptor.close()
    }

    /// Exactly `count` bytes from `offset`. Blocks. Throws `Errno`, or ``LocalFault`` where the file ends before.
    func read(at offset: Int64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let length = try descriptor.read(
                    fromAbsoluteOffset: offset + Int64(filled),
                    into: UnsafeMutableRawBufferPointer(rebasing: rest.prefix(count - filled))
                )
                guard length > 0 else {
                    throw LocalFault(.cut, "\(path) ends after \(offset + Int64(filled)) bytes: it is cut")
                }
                filled += length
            }
        }
    }
}
