import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Links inside a repository lead where the kernel says.
@Suite("Following links") struct LinkFollowerTests {
    private static let links = [
        "bin": "usr/bin", "usr/lib/up": "../../bin/sh", "chain": "chain2", "chain2": "bin", "self": "self", "a": "b",
        "b": "a",
        "out": "../usr", "deep/out": "../../usr", "absolute": "/usr", "nowhere": "usr/none", "file": "usr/bin/sh",
        "slashes": ".//usr/./bin/", "through-nothing": "none/../usr", "back": "usr/lib/..", "below-file": "file/x",
    ]
    private static let paths =
        Array(links.keys) + [
            "bin/sh", "chain/sh", "chain/none", "self/x", "out/x", "absolute/bin", "usr/lib/up", "back/bin/sh", "usr",
            "slashes/sh", "file/x", "none", "deep", "deep/out/y",
        ]

    @Test("with the last one or without it", arguments: [true, false])
    func kernel(last: Bool) async throws {
        try await withTemporaryFolder { folder in
            let root = folder.appending("root").string
            let files = FileManager.default
            for directory in ["usr/bin", "usr/lib", "deep"] {
                try files.createDirectory(atPath: "\(root)/\(directory)", withIntermediateDirectories: true)
            }
            try Data().write(to: URL(filePath: "\(root)/usr/bin/sh"))
            for (name, target) in Self.links {
                try files.createSymbolicLink(atPath: "\(root)/\(name)", withDestinationPath: target)
            }
            let follower = LinkFollower { path in
                let place = "\(root)/\(path)"
                if let target = try? files.destinationOfSymbolicLink(atPath: place) { return .link(Array(target.utf8)) }
                return files.fileExists(atPath: place) ? .other : nil
            }
            for path in Self.paths.sorted() {
                let found = try follower.end(of: BytePath(path), last: last)
                #expect(found?.description == Self.realPath(path, in: root, last: last), "\(path)")
                guard let target = Self.links[path], last else { continue }
                #expect(try follower.end(ofLink: BytePath(path), to: Array(target.utf8)) == found, "\(path)")
            }
        }
    }

    /// What the kernel says; nil for what is not below the root.
    private static func realPath(_ path: String, in root: String, last: Bool) -> String? {
        func resolved(_ path: String) -> String? {
            guard let bytes = realpath(path, nil) else { return nil }
            defer { free(bytes) }
            return String(cString: bytes)
        }
        guard let top = resolved(root) else { return nil }
        if last { return resolved("\(root)/\(path)").flatMap { inside($0, top) } }
        let (parent, name) = (
            URL(filePath: "\(root)/\(path)").deletingLastPathComponent().path, path.split(separator: "/").last
        )
        guard let name, let directory = resolved(parent).flatMap({ inside($0, top) }) else { return nil }
        var status = stat()
        let end = directory.isEmpty ? String(name) : "\(directory)/\(name)"
        return lstat("\(top)/\(end)", &status) == 0 ? end : nil
    }

    private static func inside(_ path: String, _ top: String) -> String? {
        path == top ? "" : path.hasPrefix(top + "/") ? String(path.dropFirst(top.utf8.count + 1)) : nil
    }
}
