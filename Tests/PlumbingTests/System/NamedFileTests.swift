import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Nothing that bears a file's name holds up a program.
@Suite(.timeLimit(.minutes(1))) struct NamedFileTests {
    private struct Folder {
        private let temporary: TemporaryFolder

        init() throws {
            temporary = try TemporaryFolder()
        }

        var path: FilePath { temporary.path }

        func file(_ name: String, _ text: String) throws -> FilePath {
            let file = path.appending(name)
            try Data(text.utf8).write(to: URL(filePath: file.string))
            return file
        }

        func link(_ name: String, to target: String, owner: UInt32? = nil) -> FilePath {
            let link = path.appending(name)
            #expect(symlink(target, link.string) == 0)
            if let owner { #expect(lchown(link.string, owner, owner) == 0) }
            return link
        }
    }

    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private func text(_ path: FilePath, _ links: SeenFile.Links = .ours, inherited: Bool = false) throws -> String? {
        try NamedFile.read(path, limit: 100, links: links, inherited: inherited).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test func readsFilesAndFollowsLinks() throws {
        let file = try folder.file("a", "x")
        #expect(mkdir(folder.path.appending("d").string, 0o755) == 0)
        _ = folder.link("d/one", to: "../a")
        #expect(try text(file) == "x")
        #expect(try text(folder.link("two", to: "d/one")) == "x")
        #expect(try text(folder.link("three", to: file.string)) == "x")
        #expect(try text(folder.path.appending("none")) == nil)
        #expect(try text(folder.link("dangling", to: "none")) == nil)
        let circle = folder.link("circle", to: "circle")
        #expect(throws: FileFault.system(.tooManySymbolicLinkLevels)) { try text(circle) }
        #expect(throws: FileFault.system(.notDirectory)) { try text(file.appending("b")) }
        let large = try folder.file("large", String(repeating: "x", count: 101))
        #expect(throws: FileFault.tooLarge(100)) { try text(large) }
    }

    @Test func whatIsNoFileIsRefusedAtOnce() throws {
        let pipe = folder.path.appending("pipe")
        #expect(mkfifo(pipe.string, 0o600) == 0)
        let cases = [
            (pipe, "FIFO"), (folder.link("link", to: "pipe"), "FIFO"), (folder.path, "folder"), ("/dev/zero", "device"),
        ]
        #expect(try text("/dev/null", inherited: true) == "")
        #expect(throws: FileFault.irregular("device")) { try text("/dev/null") }
        for (path, kind) in cases {
            for inherited in [false, true] {
                #expect(throws: FileFault.irregular(kind)) { try text(path, inherited: inherited) }
            }
        }
    }

    /// What a shell makes of `<(…)`.
    @Test func aPipeOfThisProcess() throws {
        for name in ["/dev/fd", "/proc/self/fd"] {
            let pipe = try FileDescriptor.pipe()
            let path = FilePath("\(name)/\(pipe.readEnd.rawValue)")
            #expect(try text(path, .anybodys) == nil)
            let writer = Thread {
                // Later than the reader.
                usleep(50_000)
                _ = try? pipe.writeEnd.writeAll("from a pipe".utf8)
                try? pipe.writeEnd.close()
            }
            writer.start()
            #expect(try text(path, inherited: true) == "from a pipe")
            try pipe.readEnd.close()
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives links away")) func whoseLinksAreFollowed() throws {
        let file = try folder.file("a", "x")
        let link = folder.link("link", to: "a", owner: 1234)
        let fault = FileFault.link(link, owner: 1234)
        let words = "/link is a link of the user 1234, who could lead it elsewhere: name what it leads to"
        #expect(fault.description.hasSuffix(words))
        for links in [SeenFile.Links.ours, .ofTheFolder] { #expect(throws: fault) { try text(link, links) } }
        #expect(try text(link, .anybodys) == "x")
        // One that leads to it is no better.
        let second = folder.link("second", to: link.string)
        #expect(throws: fault) { try text(second) }
        #expect(throws: FileFault.irregular("link")) { try text(folder.link("third", to: file.string), .nobodys) }
        // The owner of a folder could put a file there, too.
        #expect(chown(folder.path.string, 1234, 1234) == 0)
        #expect(try text(link, .ofTheFolder) == "x")
        #expect(throws: fault) { try text(link, .ours) }
    }

    @Test func aFileKeepsItsIdentity() throws {
        let file = try folder.file("a", "x")
        let seen = try #require(try SeenFile.look(file, links: .ours))
        #expect(rename(try folder.file("b", "y").string, file.string) == 0)
        let now = try #require(try SeenFile.look(file, links: .ours))
        #expect(!now.isSame(as: seen) && now.isRegular && now.isOurs)
        #expect(throws: FileFault.exchanged) { try seen.open() }
        try seen.setPermissions(.ownerRead)
        #expect(try Stat(file).permissions == now.permissions)
    }
}
