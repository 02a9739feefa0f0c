import Foundation
import Layers
import OCI
import Plumbing

/// A file as a container sees it, in the form of Tests/tools/merge_layers.py.
struct ShownFile: Decodable, Equatable, CustomStringConvertible {
    let path: String
    let type: String
    var mode: String
    var uid: UInt32
    var gid: UInt32
    var mtime: [Int64]
    let size: Int64?
    let sha256: String?
    let target: String?
    let device: [UInt32]?
    var xattrs: [String: String]?
    /// All names of the file in the image, where there are several.
    var links: [String]?

    var description: String {
        let more = [target, device?.description, xattrs?.description, links?.description].compactMap { $0 }
        return "\(path) \(type) \(mode) \(uid):\(gid) \(mtime) \(size ?? -1) \(more.joined(separator: " "))"
    }
}

extension ShownFile {
    /// A file of a merged image; `content` is that of a regular one.
    init(_ path: BytePath, _ node: FileNode, content: [UInt8]?) throws {
        let attributes = node.attributes
        (type, target) = Self.kind(node)
        self.path = Self.text(path.bytes)
        mode = String(type == "symlink" ? 0o777 : attributes.mode, radix: 8)
        (uid, gid) = (attributes.uid, attributes.gid)
        mtime = [attributes.mtime, Int64(attributes.mtimeNanoseconds)]
        size = content.map { Int64($0.count) }
        sha256 = try content.map { try Digest.sha256(of: $0).hex }
        device = node.kind.device.map { [$0.major, $0.minor] }
        let pairs = attributes.xattrs.map { (Self.text($0.name), Self.text($0.value)) }
        xattrs = pairs.isEmpty ? nil : Dictionary(uniqueKeysWithValues: pairs)
        links = nil
    }

    private static func kind(_ node: FileNode) -> (type: String, target: String?) {
        switch node.kind {
        case .directory: ("directory", nil)
        case .file: ("file", nil)
        case .symlink(let target): ("symlink", text(target))
        case .characterDevice: ("char", nil)
        case .blockDevice: ("block", nil)
        case .fifo: ("fifo", nil)
        case .socket: ("socket", nil)
        }
    }

    /// Bytes with percent signs, as Tests/tools/merge_layers.py writes them.
    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        bytes.reduce(into: "") { $0 += plain.contains($1) ? String(UnicodeScalar($1)) : String(format: "%%%02X", $1) }
    }

    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~/+,:@= ".utf8)
}
