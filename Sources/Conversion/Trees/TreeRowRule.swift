import CVMFS
import Layers
import Plumbing

/// How the row of a layer becomes one of a tree.
struct TreeRowRule {
    private let options: TreeOptions
    private let modes: TreeModes
    private let hardLinks: HardLinkForm

    init(_ options: TreeOptions, _ hardLinks: HardLinkForm) {
        self.options = options
        self.hardLinks = hardLinks
        modes = TreeModes(options)
    }

    /// The attribute in which fuse-overlayfs looks for the true owner and mode, `uid:gid:0mode`
    /// (https://github.com/containers/storage/blob/main/docs/containers-storage.conf.5.md, "force_mask").
    private static let overrideStat = Array("user.containers.override_stat".utf8)

    /// The row of an entry. Throws `CVMFSError` where the format does not hold it.
    func row(of entry: UnpackedEntry<CatalogEntry>) throws -> CatalogEntry {
        var row = try entry.row ?? CatalogEntry(FileNode(.directory), named: entry.path.name)
        let isKept = hardLinks == .keep
        row.linkCount = isKept ? entry.linkCount : 1
        row.linkGroup = isKept ? entry.linkGroup : 0
        let isDirectory = row.isDirectory
        guard isDirectory || row.type == .regular else { return row }
        row.mode = row.mode & ~0o7777 | UInt32(modes.kept(UInt16(row.mode & 0o7777), isFile: !isDirectory))
        try setAttributes(of: &row, at: entry.path)
        row.mode |= UInt32(modes.relaxed(UInt16(row.mode & 0o7777), isDirectory: isDirectory))
        return row
    }

    /// What the markers of a tree's catalogs say of themselves. fuse-overlayfs fails to list a directory that has one file
    /// without such an attribute among others.
    var markerAttributes: [ExtendedAttribute] {
        options.hasOverrideStat ? [ExtendedAttribute(name: Self.overrideStat, value: Array("0:0:0644".utf8))] : []
    }

    /// Takes away the marks of layers, and notes what the image says. An attribute too many is left out: it is a help.
    private func setAttributes(of row: inout CatalogEntry, at path: BytePath) throws {
        guard row.isDirectory && row.xattrs != nil || options.hasOverrideStat else { return }
        var attributes: [ExtendedAttribute] = []
        if let blob = row.xattrs {
            guard let decoded = ExtendedAttributes(blob: blob) else {
                throw CVMFSError(.corrupt, "\(path) has extended attributes that cannot be read")
            }
            attributes = decoded.attributes.filter {
                !LayerNode<Never>.opaqueMarks.contains($0.name) && $0.name != Self.overrideStat
            }
        }
        if options.hasOverrideStat, attributes.count < ExtendedAttributes.limit {
            let value = "\(row.uid):\(row.gid):0\(String(row.mode & 0o7777, radix: 8))"
            attributes.append(ExtendedAttribute(name: Self.overrideStat, value: Array(value.utf8)))
        }
        row.xattrs = try ExtendedAttributes(attributes).blob
    }
}
