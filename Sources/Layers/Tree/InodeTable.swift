import Plumbing

/// The files of a layer, packed: some 40 bytes for each.
struct InodeTable<Content: Sendable>: Sendable {
    typealias Inode = LayerTree<Content>.Inode

    private var records = Segments<InodeRecord>()
    private var contents = Segments<Content>()
    private var targets = ByteTable()
    /// Sets of extended attributes; none is the first.
    private var attributes: [[ExtendedAttribute]] = [[]]

    /// How many files there are, replaced ones among them.
    var count: Int { records.count }

    /// Adds a file.
    mutating func add(_ inode: Inode) -> Int {
        var record = InodeRecord()
        if inode.isShared { record.flags.insert(.shared) }
        set(inode.attributes, in: &record)
        switch inode.body {
        case .directory(let directory):
            record.number = UInt32(directory.depth)
            record.value = Int64(directory.pathLength)
            record.flags.formUnion(Self.flags(directory))
        case .pendingLink(let link):
            record.kind = .pendingLink
            record.value = targets.add(link.target.bytes).number
            if link.isToLeftOut { record.flags.insert(.toLeftOut) }
            record.uid = link.replaced.map { UInt32($0) + 1 } ?? 0
            if let below = link.below {
                record.number = UInt32(below.ownDirectories)
                record.mtime = below.path == link.target ? record.value : targets.add(below.path.bytes).number
            } else {
                record.flags.insert(.blocked)
            }
        case .leaf(let kind, let content):
            switch kind {
            case .directory: record.kind = .directory
            case .file(let size): (record.kind, record.value) = (.file, size)
            case .symlink(let target): (record.kind, record.value) = (.symlink, targets.add(target).number)
            case .characterDevice(let device): (record.kind, record.value) = (.characterDevice, Self.number(device))
            case .blockDevice(let device): (record.kind, record.value) = (.blockDevice, Self.number(device))
            case .fifo: record.kind = .fifo
            case .socket: record.kind = .socket
            }
            if let content { record.number = UInt32(contents.append(content)) + 1 }
        }
        return records.append(record)
    }

    /// Adds the root of a layer, which no member names so far.
    mutating func addRoot() {
        let root = Inode.Directory(depth: 0, pathLength: 0, isImplicit: true)
        _ = add(Inode(body: .directory(root), attributes: FileAttributes()))
    }

    /// A file by its position.
    subscript(id: Int) -> Inode {
        let record = records[id]
        var inode = Inode(body: body(record), attributes: attributes(record))
        inode.isShared = record.flags.contains(.shared)
        return inode
    }

    /// Whether it is a directory.
    func isDirectory(_ id: Int) -> Bool { records[id].kind == .directory }

    /// Whether it is a regular file.
    func isFile(_ id: Int) -> Bool { records[id].kind == .file }

    /// Whether it is a link that waits for its target.
    func isPendingLink(_ id: Int) -> Bool { records[id].kind == .pendingLink }

    /// Whether it is a link that waits for what may be left out.
    func isLinkToLeftOut(_ id: Int) -> Bool { records[id].flags.contains(.toLeftOut) }

    /// Whether it is a directory that no member names.
    func isImplicit(_ id: Int) -> Bool { records[id].flags.contains(.implicit) }

    /// Whether it is a directory that hides what the layers below have in it.
    func isOpaque(_ id: Int) -> Bool { records[id].flags.contains(.opaque) }

    /// Whether a second name was given to it.
    func isShared(_ id: Int) -> Bool { records[id].flags.contains(.shared) }

    /// Gives it a second name.
    mutating func share(_ id: Int) { records[id].flags.insert(.shared) }

    /// Makes a directory opaque; nothing else can be.
    mutating func makeOpaque(_ id: Int) {
        if isDirectory(id) { records[id].flags.insert(.opaque) }
    }

    /// Whether it is a directory that stands where the layer deletes what lower ones have.
    func isOverDeleted(_ id: Int) -> Bool { records[id].flags.contains(.overDeleted) }

    /// Makes a directory opaque since the layer deletes its name.
    mutating func putOverDeleted(_ id: Int) {
        makeOpaque(id)
        if isDirectory(id) { records[id].flags.insert(.overDeleted) }
    }

    /// Lets a directory show what lies below.
    mutating func makeTransparent(_ id: Int) { records[id].flags.remove(.opaque) }

    /// A member names the directory.
    mutating func name(_ id: Int, _ attributes: FileAttributes) {
        records[id].flags.remove(.implicit)
        set(attributes, of: id)
    }

    /// Changes owner, permissions, times.
    mutating func set(_ attributes: FileAttributes, of id: Int) {
        var record = records[id]
        set(attributes, in: &record)
        records[id] = record
    }

    private mutating func set(_ new: FileAttributes, in record: inout InodeRecord) {
        (record.mode, record.uid, record.gid) = (new.mode, new.uid, new.gid)
        (record.mtime, record.mtimeNanoseconds) = (new.mtime, new.mtimeNanoseconds)
        record.xattrs = position(of: new.xattrs)
    }

    private mutating func position(of xattrs: [ExtendedAttribute]) -> UInt32 {
        if xattrs.isEmpty { return 0 }
        // Mostly one set after another is the same, such as the label of a security module.
        if attributes[attributes.count - 1] != xattrs { attributes.append(xattrs) }
        return UInt32(attributes.count - 1)
    }

    private func attributes(_ record: InodeRecord) -> FileAttributes {
        FileAttributes(
            mode: record.mode,
            uid: record.uid,
            gid: record.gid,
            mtime: record.mtime,
            mtimeNanoseconds: record.mtimeNanoseconds,
            xattrs: attributes[Int(record.xattrs)]
        )
    }

    private func body(_ record: InodeRecord) -> Inode.Body {
        let content = record.kind == .file && record.number > 0 ? contents[Int(record.number) - 1] : nil
        switch record.kind {
        case .directory: return .directory(directory(record))
        case .file: return .leaf(.file(size: record.value), content: content)
        case .symlink:
            return .leaf(.symlink(target: Array(targets[ByteTable.Reference(number: record.value)])), content: nil)
        case .characterDevice: return .leaf(.characterDevice(Self.device(record.value)), content: nil)
        case .blockDevice: return .leaf(.blockDevice(Self.device(record.value)), content: nil)
        case .fifo: return .leaf(.fifo, content: nil)
        case .socket: return .leaf(.socket, content: nil)
        case .pendingLink: return .pendingLink(pendingLink(record))
        }
    }

    private func pendingLink(_ record: InodeRecord) -> Inode.PendingLink {
        func path(_ number: Int64) -> BytePath {
            let bytes = targets[ByteTable.Reference(number: number)]
            return BytePath(components: bytes.split(separator: UInt8(ascii: "/"))) ?? BytePath()
        }
        let isBlocked = record.flags.contains(.blocked)
        return Inode.PendingLink(
            target: path(record.value),
            isToLeftOut: record.flags.contains(.toLeftOut),
            replaced: record.uid == 0 ? nil : Int(record.uid) - 1,
            below: isBlocked
                ? nil : Inode.LowerPlace(path: path(record.mtime), ownDirectories: Int(record.number))
        )
    }

    private func directory(_ record: InodeRecord) -> Inode.Directory {
        var directory = Inode.Directory(
            depth: Int(record.number),
            pathLength: Int(record.value),
            isImplicit: record.flags.contains(.implicit)
        )
        directory.isOpaque = record.flags.contains(.opaque)
        return directory
    }

    private static func flags(_ directory: Inode.Directory) -> InodeRecord.Flags {
        var flags: InodeRecord.Flags = []
        if directory.isOpaque { flags.insert(.opaque) }
        if directory.isImplicit { flags.insert(.implicit) }
        return flags
    }

    private static func number(_ device: DeviceNumber) -> Int64 {
        Int64(device.major) << 32 | Int64(device.minor)
    }

    private static func device(_ number: Int64) -> DeviceNumber {
        DeviceNumber(major: UInt32(truncatingIfNeeded: number >> 32), minor: UInt32(truncatingIfNeeded: number))
    }
}
