import CLinux
import Glibc
import Layers
import Plumbing

/// Gives what was exported its owner, attributes, mode and times.
struct ExportMetadata {
    private let folder: ExportFolder
    private let writesSetuid: Bool
    private let isRoot = geteuid() == 0
    private(set) var remarks = ExportRemarks()

    private static let setuidBits: UInt16 = 0o6000
    private static let capability = Array("security.capability".utf8)

    init(folder: ExportFolder, writesSetuid: Bool) {
        self.folder = folder
        self.writesSetuid = writesSetuid
    }

    mutating func set(_ entry: LayerEntry, _ file: OpenFile) throws {
        // This name leads to the open file itself, whatever lies at its path by now; and it serves descriptors that only
        // name a file.
        let name = "/proc/self/fd/\(file.descriptor)"
        let hasOwner = try setOwner(entry, name)
        try setAttributes(entry, name, mayGiveRights: hasOwner)
        if case .node(.symlink) = entry.kind {} else { try setMode(entry, name, mayGiveRights: hasOwner) }
        let times = [
            timespec(tv_sec: 0, tv_nsec: omit),
            timespec(tv_sec: Int(entry.attributes.mtime), tv_nsec: Int(entry.attributes.mtimeNanoseconds)),
        ]
        try folder.check(utimensat(AT_FDCWD, name, times, 0), "set the time of", entry.path)
    }

    /// What leaves the time of the last access alone (utimensat(2), UTIME_OMIT).
    private var omit: Int { (1 << 30) - 2 }

    /// Returns whether the file has its owner now.
    private mutating func setOwner(_ entry: LayerEntry, _ name: String) throws -> Bool {
        if isRoot {
            if chown(name, entry.attributes.uid, entry.attributes.gid) == 0 { return true }
            // A container's root is not allowed every owner.
            guard errno == EPERM || errno == EINVAL else { throw folder.failure("set the owner of", entry.path) }
        } else if entry.attributes.uid == geteuid(), entry.attributes.gid == getegid() {
            return true
        }
        remarks.add(.owners, entry.path.description)
        return false
    }

    private mutating func setAttributes(_ entry: LayerEntry, _ name: String, mayGiveRights: Bool) throws {
        for attribute in entry.attributes.xattrs {
            if attribute.name == Self.capability, !(writesSetuid && mayGiveRights) {
                remarks.add(.setuidBits, entry.path.description)
                continue
            }
            let key = CPath(attribute.name).bytes
            if setxattr(name, key, attribute.value, attribute.value.count, 0) == 0 { continue }
            guard errno == EPERM || errno == EACCES || errno == ENOTSUP else {
                throw folder.failure("set the attribute \(Printable.text(attribute.name)) of", entry.path)
            }
            remarks.add(.attributes, entry.path.description)
        }
    }

    /// Without the right owner the bits would give somebody else's rights.
    private mutating func setMode(_ entry: LayerEntry, _ name: String, mayGiveRights: Bool) throws {
        var mode = entry.attributes.mode
        if mode & Self.setuidBits != 0, !(writesSetuid && mayGiveRights) {
            mode &= ~Self.setuidBits
            remarks.add(.setuidBits, entry.path.description)
        }
        try folder.check(chmod(name, mode_t(mode)), "set the mode of", entry.path)
    }
}
