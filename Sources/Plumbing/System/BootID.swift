import SystemPackage

/// Tells one start of the machine from another (random(4), `/proc/sys/kernel/random/boot_id`).
package enum BootID {
    private static let file: FilePath = "/proc/sys/kernel/random/boot_id"

    /// The identity of the running kernel, a UUID. Throws `Errno` or ``FileFault`` where a sandbox does not show it.
    package static func read() throws -> String {
        let descriptor = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        let bytes = try descriptor.closeAfter { try NamedFile.read(descriptor, limit: 256) }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
