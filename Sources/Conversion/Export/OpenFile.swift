import Glibc

/// A descriptor that is closed when nobody needs it any more.
final class OpenFile {
    let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}

/// Bytes as the operating system's calls take them: with a NUL at the end, and none before.
struct CPath {
    let bytes: [CChar]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes.map(CChar.init(bitPattern:)) + [0]
    }
}
