import Layers
import Plumbing

/// A file as `find -printf '%P\0%y\0%m\0%U\0%G\0%s\0%T@\0%l\0%i\0'` tells it.
struct FoundFile {
    let path: [UInt8]
    let type: String
    let mode: UInt16?
    let uid: UInt32?
    let gid: UInt32?
    let size: Int64?
    let seconds: Int64
    let nanoseconds: Int32
    let target: [UInt8]
    let inode: String

    /// The files of an output, in the order of paths.
    static func list(_ output: [UInt8]) throws -> [FoundFile] {
        let fields = output.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
        let files = stride(from: 0, to: fields.count, by: 9).map { FoundFile(Array(fields[$0..<($0 + 9)])) }
        let paths = try files.map { file in
            guard let path = BytePath(components: file.path.split(separator: UInt8(ascii: "/"))) else {
                throw CodecError("find names \(Printable.text(file.path))")
            }
            return path
        }
        return zip(files, paths).sorted { $0.1 < $1.1 }.map(\.0)
    }

    private init(_ fields: [[UInt8]]) {
        func text(_ index: Int) -> String { String(decoding: fields[index], as: UTF8.self) }
        path = fields[0]
        type = text(1)
        mode = UInt16(text(2), radix: 8)
        uid = UInt32(text(3))
        gid = UInt32(text(4))
        size = Int64(text(5))
        // Seconds and ten digits; before 1970 find counts up from the second before.
        let time = text(6).split(separator: ".")
        seconds = time.first.flatMap { Int64($0) } ?? 0
        nanoseconds = time.last.flatMap { Int32($0.prefix(9)) } ?? 0
        target = fields[7]
        inode = text(8)
    }

    /// Whether a node is this file. Of symbolic links tar keeps no mode worth the name.
    func matches<Content>(_ node: LayerNode<Content>, nanoseconds keepsNanoseconds: Bool) -> Bool {
        let isKind: Bool =
            switch (node.kind, type) {
            case (.directory, "d"): !node.isOpaque
            case (.fifo, "p"): true
            case (.file(let nodeSize), "f"): nodeSize == size
            case (.symlink(let nodeTarget), "l"): nodeTarget == target
            case (.characterDevice(let device), "c"): device == DeviceNumber(major: 1, minor: 3)
            case (.blockDevice(let device), "b"): device == DeviceNumber(major: 259, minor: 70000)
            default: false
            }
        return isKind && (node.attributes.mode == mode || type == "l") && node.attributes.uid == uid
            && node.attributes.gid == gid
            && node.attributes.mtime == seconds
            && node.attributes.mtimeNanoseconds == (keepsNanoseconds ? nanoseconds : 0)
    }
}
