/// Builds tar archives byte by byte, whole ones and broken ones. It shares no code with the reader it tests.
///
/// ```swift
/// let archive = TarBuilder.archive { tar in
///     tar.directory("etc/")
///     tar.file("etc/motd", "hello\n") { $0.uid = 1000 }
///     tar.pax(["path": [0x66, 0xff]])     // before the member that it speaks of
///     tar.symlink("x", to: "etc/motd")
/// }
/// ```
package struct TarBuilder {
    /// What was built so far, without end blocks.
    package private(set) var bytes: [UInt8] = []

    /// Changes a member before it is written.
    package typealias Change = (inout TarMember) -> Void

    /// An empty archive without end blocks.
    package init() {}

    /// The bytes of an archive with `endBlocks` zero blocks behind its last member.
    package static func archive(endBlocks: Int = 2, _ build: (inout TarBuilder) -> Void) -> [UInt8] {
        var tar = TarBuilder()
        build(&tar)
        return tar.bytes + [UInt8](repeating: 0, count: 512 * endBlocks)
    }

    /// Any bytes.
    package mutating func raw(_ bytes: [UInt8]) {
        self.bytes += bytes
    }

    /// A member as it is.
    package mutating func member(_ member: TarMember, _ change: Change = { _ in }) {
        var member = member
        change(&member)
        raw(member.bytes)
    }

    /// A regular file.
    package mutating func file(_ name: RawBytes, _ content: RawBytes = "", _ change: Change = { _ in }) {
        member(TarMember(name, type: "0", content: content.bytes), change)
    }

    /// A directory.
    package mutating func directory(_ name: RawBytes, _ change: Change = { _ in }) {
        var directory = TarMember(name, type: "5")
        directory.mode = 0o755
        member(directory, change)
    }

    /// A symbolic link.
    package mutating func symlink(_ name: RawBytes, to target: RawBytes, _ change: Change = { _ in }) {
        var link = TarMember(name, type: "2")
        link.mode = 0o777
        link.link = target
        member(link, change)
    }

    /// A hard link to the member of another name.
    package mutating func hardLink(_ name: RawBytes, to target: RawBytes, _ change: Change = { _ in }) {
        var link = TarMember(name, type: "1")
        link.link = target
        member(link, change)
    }

    /// A character device.
    package mutating func characterDevice(
        _ name: RawBytes,
        _ major: Int64,
        _ minor: Int64,
        _ change: Change = { _ in }
    ) {
        var device = TarMember(name, type: "3")
        (device.deviceMajor, device.deviceMinor) = (major, minor)
        member(device, change)
    }

    /// A block device.
    package mutating func blockDevice(_ name: RawBytes, _ major: Int64, _ minor: Int64, _ change: Change = { _ in }) {
        var device = TarMember(name, type: "4")
        (device.deviceMajor, device.deviceMinor) = (major, minor)
        member(device, change)
    }

    /// A named pipe.
    package mutating func fifo(_ name: RawBytes, _ change: Change = { _ in }) {
        member(TarMember(name, type: "6"), change)
    }

    /// The name of the next member in GNU's form, with the NUL that GNU tar writes.
    package mutating func gnuLongName(_ name: RawBytes) {
        gnuLong(name, type: "L")
    }

    /// The link target of the next member in GNU's form.
    package mutating func gnuLongLink(_ target: RawBytes) {
        gnuLong(target, type: "K")
    }

    private mutating func gnuLong(_ text: RawBytes, type: Character) {
        member(TarMember("././@LongLink", type: type, content: text.bytes + [0])) { $0.dialect = .gnu }
    }

    /// Extended header records for the next member (POSIX pax, "pax Extended Header"), or for all that follow (`"g"`).
    package mutating func pax(_ records: KeyValuePairs<RawBytes, RawBytes>, type: Character = "x") {
        member(TarMember("PaxHeaders/x", type: type, content: records.flatMap { Self.record($0.key, $0.value) }))
    }

    /// One record: its own length, a space, key, `=`, value and newline.
    package static func record(_ key: RawBytes, _ value: RawBytes) -> [UInt8] {
        let body = [UInt8(ascii: " ")] + key.bytes + [UInt8(ascii: "=")] + value.bytes + [UInt8(ascii: "\n")]
        var length = body.count + 1
        while String(length).utf8.count + body.count != length { length = String(length).utf8.count + body.count }
        return Array(String(length).utf8) + body
    }
}
