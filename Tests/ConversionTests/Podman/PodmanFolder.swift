import CVMFS
import Conversion
import Foundation
import Plumbing
import SystemPackage
import Testing

/// A repository as a plain folder, as a client mounts it.
struct PodmanFolder {
    let path: FilePath

    /// Makes the edits as a session does.
    func apply(_ edits: [TreeEdit]) throws {
        for edit in edits {
            switch edit.change {
            case .file(let bytes): try write(edit.path, bytes)
            case .symlink(let target):
                try remove(edit.path)
                try makeParent(of: edit.path)
                try FileManager.default.createSymbolicLink(
                    atPath: full(edit.path),
                    withDestinationPath: String(decoding: target, as: UTF8.self)
                )
            case .amend(let amendment):
                if let bytes = try amendment.bytes(bytes(edit.path)) {
                    try write(edit.path, bytes)
                } else {
                    try remove(edit.path)
                }
            case .remove: try remove(edit.path)
            default: Issue.record("no edit of a store: \(edit)")
            }
        }
    }

    func full(_ path: BytePath) -> String { self.path.appending(String(decoding: path.bytes, as: UTF8.self)).string }

    func full(_ path: String) -> String { self.path.appending(path).string }

    func write(_ path: BytePath, _ bytes: [UInt8]) throws {
        try makeParent(of: path)
        try Data(bytes).write(to: URL(filePath: full(path)))
    }

    func bytes(_ path: BytePath) -> [UInt8]? { FileManager.default.contents(atPath: full(path)).map { [UInt8]($0) } }

    func text(_ path: String) throws -> String {
        String(decoding: try #require(bytes(try BytePath(path))), as: UTF8.self)
    }

    func remove(_ path: BytePath) throws {
        guard try kind(path) != nil else { return }
        try FileManager.default.removeItem(atPath: full(path))
    }

    func makeDirectory(_ path: BytePath) throws {
        try FileManager.default.createDirectory(atPath: full(path), withIntermediateDirectories: true)
    }

    private func makeParent(of path: BytePath) throws { try makeDirectory(try #require(path.parent)) }

    /// Everything that is there: files with their text, links with "-> " and their target.
    func everything() throws -> [String: String] {
        var found: [String: String] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path.string) {
            let path = try BytePath(name)
            switch try kind(path) {
            case .file: found["\(path)"] = String(decoding: bytes(path) ?? [], as: UTF8.self)
            case .symlink(let target): found["\(path)"] = "-> " + String(decoding: target, as: UTF8.self)
            default: continue
            }
        }
        return found
    }

    /// What is at a path, links not followed.
    func kind(_ path: BytePath) throws -> FileNode.Kind? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: full(path)) else { return nil }
        switch attributes[.type] as? FileAttributeType {
        case .typeDirectory?: return .directory
        case .typeSymbolicLink?:
            return .symlink(target: Array(try FileManager.default.destinationOfSymbolicLink(atPath: full(path)).utf8))
        case .typeRegular?: return .file(size: attributes[.size] as? Int64 ?? 0)
        default: return .fifo
        }
    }

    /// The names in a directory; none where there is none.
    func names(_ path: BytePath) -> [[UInt8]] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: full(path))) ?? []
        return names.map { Array($0.utf8) }
    }

    var reader: PodmanStoreReader { PodmanStoreReader(kind: kind, bytes: bytes, names: names) }

    var check: PodmanStoreCheck { PodmanStoreCheck(reader) }
}
