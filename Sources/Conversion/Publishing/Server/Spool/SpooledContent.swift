import Plumbing
import SystemPackage

/// Where a file's content lies in a layer's spool.
struct SpooledContent: Sendable, Hashable {
    let offset: Int64
    let size: Int64

    /// Hands out the bytes in pieces, each valid during the call.
    func read(from spool: FileDescriptor, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var buffer = [UInt8](repeating: 0, count: Int(min(size, 1 << 20)))
        var offset = offset
        let end = offset + size
        while offset < end {
            let wanted = Int(min(Int64(buffer.count), end - offset))
            let count = try buffer.withUnsafeMutableBytes { bytes in
                try spool.read(
                    fromAbsoluteOffset: offset,
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<wanted])
                )
            }
            guard count > 0 else { throw ConversionError("the spooled layer is shorter than it was written") }
            try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            offset += Int64(count)
        }
    }
}
