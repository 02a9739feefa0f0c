import Foundation
import SystemPackage
import TestSupport
import Testing

/// What the commands show of a repository that the stock tools wrote, beside what the stock client showed of it.
@Suite struct StockRepositoryTests {
    private static let fqrn = "golden.example.org"
    private static let fixtures = ProjectFolder.root
        .appending("Tests/CVMFSTests/Fixtures")

    /// An entry as the stock client's listing has it.
    private struct Expected: Decodable {
        let path: String
        let mode: String
        let uid: Int
        let gid: Int
        let mtime: Int
        let size: Int?
        let target: String?
        let device: String?
        let sha256: String?
        let xattrs: [String: String]?
    }

    /// An entry as `repository ls --format json` has it.
    private struct Shown: Decodable {
        let path: String
        let type: String
        let mode: String
        let uid: Int
        let gid: Int
        let mtime: Date
        let size: Int
        let target: String?
        let major: Int?
        let minor: Int?
        let xattrs: String?
    }

    private func withStockRepository(_ body: (Sandbox) async throws -> Void) async throws {
        let sandbox = try Sandbox()
        let archive = Self.fixtures.appending("stock-repository.tar.gz").string
        try await ExternalTool.run("tar", ["xzf", archive, "-C", sandbox.path.string])
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "add", Self.fqrn, "--storage", "repository", "--keys", "keys")
        try await body(sandbox)
    }

    private func listing() throws -> [Expected] {
        let file = Self.fixtures.appending("stock-repository.listing.json").string
        return try JSONDecoder().decode([Expected].self, from: Data(contentsOf: URL(filePath: file)))
    }

    @Test func lsShowsEveryEntryAsTheStockClientDoes() async throws {
        let expected = try listing().filter { !$0.path.isEmpty }
        try await withStockRepository { sandbox in
            let json = try await sandbox.succeed("repository", "ls", Self.fqrn, "/", "-R", "--format", "json")
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            let shown = try decoder.decode([Shown].self, from: Data(json.utf8))
                .filter { !$0.path.hasSuffix(".cvmfscatalog") && !$0.path.hasSuffix(".cvmfsdirtab") }
            let byPath = Dictionary(uniqueKeysWithValues: shown.map { ($0.path, $0) })
            for entry in expected {
                let name = Self.escaped(entry.path)
                if name.hasSuffix(".cvmfscatalog") || name.hasSuffix(".cvmfsdirtab") { continue }
                let found = try #require(byPath[name], "\(name)")
                let mode = try #require(Int(entry.mode.dropFirst(2), radix: 8))
                #expect(found.mode == String(mode & 0o7777, radix: 8), "\(name)")
                #expect(found.uid == entry.uid && found.gid == entry.gid, "\(name)")
                #expect(found.mtime == Date(timeIntervalSince1970: TimeInterval(entry.mtime)), "\(name)")
                #expect(found.target == entry.target, "\(name)")
                if let size = entry.size { #expect(found.size == size, "\(name)") }
                if let device = entry.device {
                    #expect("\(found.major ?? -1):\(found.minor ?? -1)" == device, "\(name)")
                }
                #expect((found.xattrs == nil) == (entry.xattrs == nil), "\(name)")
            }
        }
    }

    @Test func lsShowsLinesAsLsDoes() async throws {
        try await withStockRepository { sandbox in
            let lines = try await sandbox.succeed("repository", "ls", Self.fqrn, "/.layers/ab/abcdef/layerfs", "-Rl")
                .split(separator: "\n").map(String.init)
            #expect(
                lines.contains(
                    "crw-rw-rw-   1     0     0        1, 3 2023-11-14T22:13:20Z .layers/ab/abcdef/layerfs/dev/null"
                )
            )
            #expect(
                lines.contains(
                    "prw-------   1     0     0           0 2023-11-14T22:13:20Z .layers/ab/abcdef/layerfs/run/fifo"
                )
            )
            let software = try await sandbox.succeed("repository", "ls", Self.fqrn, "software/lib", "-l")
            #expect(software.contains(/lrwxrwxrwx .* hello -> \.\.\/bin\/hello\n/))
        }
    }

    @Test func catWritesEveryFileAlsoWhereTheNameIsNotUTF8() async throws {
        let files = try listing().filter { $0.sha256 != nil }
        try await withStockRepository { sandbox in
            // The shell makes the bytes: arguments of the child are text here.
            let script = files.map { file in
                let octal = Self.bytes(file.path).map { "\\" + String($0, radix: 8).leftPadded(3) }.joined()
                return "$wafer repository cat \(Self.fqrn) \"$(printf '\(octal)')\" | sha256sum | cut -c1-64"
            }
            let sums = try await sandbox.shell(script.joined(separator: "\n"))
            #expect(sums.text.split(separator: "\n").map(String.init) == files.compactMap(\.sha256))
            #expect(sums.errors == "")
        }
    }

    @Test func namesWhatIsNotThere() async throws {
        try await withStockRepository { sandbox in
            let missing = try await sandbox.wafer("repository", "ls", Self.fqrn, "/none")
            #expect(missing.code == 1)
            #expect(missing.errors.hasSuffix("wafer: error: /none does not exist in the repository\n"))
            let directory = try await sandbox.wafer("repository", "cat", Self.fqrn, "/software")
            #expect(directory.errors.hasSuffix("wafer: error: /software is not a regular file\n"))
            let outside = try await sandbox.wafer("repository", "cat", Self.fqrn, "/../etc/passwd")
            #expect(outside.code == 1)
        }
    }

    /// The raw bytes of a percent-encoded path, without its leading slash.
    private static func bytes(_ path: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(path.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return Array(bytes.drop { $0 == UInt8(ascii: "/") })
    }

    /// The path as `wafer` prints it.
    private static func escaped(_ path: String) -> String {
        let bytes = bytes(path)
        if let text = String(validating: bytes, as: UTF8.self) { return text.replacing("\t", with: "\\x09") }
        return bytes.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }.joined()
    }
}

extension String {
    fileprivate func leftPadded(_ width: Int) -> String {
        String(repeating: "0", count: max(0, width - count)) + self
    }
}
