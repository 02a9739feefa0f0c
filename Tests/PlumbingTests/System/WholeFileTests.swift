import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite struct WholeFileTests {
    private let temporary: TemporaryFolder

    init() throws {
        temporary = try TemporaryFolder()
    }

    private var folder: FilePath { temporary.path }

    private struct Refusal: Error {}

    private func path(_ name: String) -> String { folder.appending(name).string }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted() }
    }

    private func write(_ text: String, finish: () throws -> Void) throws {
        try Array(text.utf8).withUnsafeBytes {
            try WholeFile.write($0, as: path("new"), mode: 0o646, finish: finish)
        }
    }

    @Test func takesThePlaceOfAnother() throws {
        for text in ["first", "second"] {
            try write(text) {
                #expect(try String(contentsOfFile: path("new"), encoding: .utf8) == text)
                try WholeFile.rename(path("new"), to: path("file"))
            }
            #expect(try String(contentsOfFile: path("file"), encoding: .utf8) == text)
        }
        #expect(try Stat(folder.appending("file")).permissions.rawValue == 0o646)
        #expect(try names == ["file"])
        try WholeFile.synchronize(folder: folder)
    }

    @Test func nothingIsLeftOfWhatFailed() throws {
        #expect(throws: Refusal.self) { try write("x") { throw Refusal() } }
        #expect(throws: WholeFile.Fault.self) { try write("x") { try WholeFile.rename(path("new"), to: path("a/b")) } }
        #expect(try names == [])
    }

    @Test func whatIsThereIsNotTouched() throws {
        try write("kept") {}
        let fault = try #require(throws: WholeFile.Fault.self) { try write("other") {} }
        #expect(fault.step == "create" && fault.name == path("new") && fault.errno == .fileExists)
        #expect(fault.description == "cannot create \(path("new")): File exists")
        #expect(try String(contentsOfFile: path("new"), encoding: .utf8) == "kept")
        #expect(throws: WholeFile.Fault.self) { try WholeFile.synchronize(folder: folder.appending("none")) }
    }

    @Test func freeSpace() throws {
        let file = try FileDescriptor.open(folder, .readOnly)
        defer { try? file.close() }
        #expect(try FreeSpace.bytes(at: folder) > 0)
        #expect(try FreeSpace.bytes(at: file.rawValue) > 0)
        #expect(throws: Errno.noSuchFileOrDirectory) { try FreeSpace.bytes(at: folder.appending("none")) }
    }

    @Test func bootID() throws {
        #expect(UUID(uuidString: try BootID.read()) != nil)
        #expect(try BootID.read() == ProcessIdentity.current.bootID)
    }
}
