import Glibc
import Plumbing
import SystemPackage

/// A file that is written from front to back. Its errors say which file.
struct SpoolFile: Sendable {
    private let path: FilePath
    private let descriptor: Descriptor
    private var buffer: [UInt8] = []
    /// The bytes written so far.
    private(set) var count: Int64 = 0
    private static let bufferLimit = 1 << 20

    private final class Descriptor: Sendable {
        let file: FileDescriptor

        init(_ file: FileDescriptor) { self.file = file }

        // Whatever was to be kept is written and checked before.
        deinit { try? file.close() }
    }

    /// A new file.
    init(_ path: FilePath) throws {
        self.path = path
        do {
            descriptor = Descriptor(
                try FileDescriptor.open(
                    path,
                    .writeOnly,
                    options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: .ownerReadWrite
                )
            )
        } catch let error as Errno {
            throw ConversionError("cannot write \(path): \(error)")
        }
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        count += Int64(bytes.count)
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferLimit { try finish() }
    }

    /// Everything is with the system.
    mutating func finish() throws {
        do {
            _ = try descriptor.file.writeAll(buffer)
        } catch let error as Errno {
            let reason = error == .noSpace || error == Errno(rawValue: EDQUOT) ? "there is no room" : "\(error)"
            throw ConversionError("cannot write \(path), where layers lie until they are published: \(reason)")
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
