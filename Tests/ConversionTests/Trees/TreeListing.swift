import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import TestSupport

/// A root file system, a line for each file: what an independent program makes of layers, and what a repository has.
struct TreeListing: Equatable, CustomStringConvertible {
    /// By paths.
    private(set) var lines: [String: String] = [:]

    var description: String { lines.sorted { $0.key < $1.key }.map(\.value).joined(separator: "\n") }

    subscript(_ path: String) -> String? { lines[path] }

    /// What Tests/tools/merge_layers.py says that unpacking these archives gives.
    static func unpacked(_ archives: [[UInt8]]) async throws -> TreeListing {
        try await withTemporaryFolder { folder in
            var arguments = ["\(ProjectFolder.root)/Tests/tools/merge_layers.py", "--as", "unpack"]
            for (number, archive) in archives.enumerated() {
                let path = "\(folder)/\(number).tar"
                try Data(archive).write(to: URL(filePath: path))
                arguments.append(path)
            }
            let output = try await ExternalTool.run("python3", arguments)
            var listing = TreeListing()
            for line in output.split(separator: UInt8(ascii: "\n")) {
                try listing.add(try JSONDecoder().decode(OracleFile.self, from: Data(line)))
            }
            return listing
        }
    }

    private mutating func add(_ file: OracleFile) throws {
        var line = "\(file.path) \(file.type) \(file.mode) \(file.uid):\(file.gid) \(file.mtime)"
        if let hash = file.sha256 { line += " \(hash)" }
        if let target = file.target { line += " -> \(target)" }
        if let device = file.device { line += " \(device)" }
        for (name, value) in (file.xattrs ?? [:]).sorted(by: { $0.key < $1.key }) { line += " \(name)=\(value)" }
        lines[file.path] = line
    }

    /// What a repository has at a path, markers of catalogs left out.
    init(_ reader: RepositoryReader, at root: BytePath) throws {
        let tree = try reader.tree()
        try tree.walk(root) { path, row in
            guard row.name != CatalogEntry.markerName, let inner = path.relative(to: root) else { return }
            let node = try row.node(at: path)
            let text = Self.text(inner.bytes)
            let attributes = node.attributes
            var line =
                "\(text) \(Self.type(node.kind)) \(String(attributes.mode, radix: 8)) "
                + "\(attributes.uid):\(attributes.gid) \([attributes.mtime, Int64(attributes.mtimeNanoseconds)])"
            switch node.kind {
            case .file: line += " \(try Digest.sha256(of: tree.readFile(path) ?? []).hex)"
            case .symlink(let target): line += " -> \(Self.text(target))"
            case .characterDevice(let device), .blockDevice(let device): line += " \([device.major, device.minor])"
            case .directory, .fifo, .socket: break
            }
            for attribute in attributes.xattrs { line += " \(Self.text(attribute.name))=\(Self.text(attribute.value))" }
            lines[text] = line
        }
    }

    private init() {}

    /// Without files at these paths and below them.
    func without(_ paths: [String]) -> TreeListing {
        var copy = self
        copy.lines = lines.filter { line in !paths.contains { line.key == $0 || line.key.hasPrefix("\($0)/") } }
        return copy
    }

    private static func type(_ kind: FileNode.Kind) -> String {
        switch kind {
        case .directory: "directory"
        case .file: "file"
        case .symlink: "symlink"
        case .characterDevice: "char"
        case .blockDevice: "block"
        case .fifo: "fifo"
        case .socket: "socket"
        }
    }

    /// Bytes with percent signs, as merge_layers.py writes them.
    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        bytes.reduce(into: "") { $0 += plain.contains($1) ? String(UnicodeScalar($1)) : String(format: "%%%02X", $1) }
    }

    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~/+,:@= ".utf8)
}

private struct OracleFile: Decodable {
    let path: String
    let type: String
    let mode: String
    let uid: UInt32
    let gid: UInt32
    let mtime: [Int64]
    let sha256: String?
    let target: String?
    let device: [UInt32]?
    let xattrs: [String: String]?
}
