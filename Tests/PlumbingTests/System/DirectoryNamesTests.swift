import Glibc
import Plumbing
import SystemPackage
import Testing

@Suite("Names in a folder")
struct DirectoryNamesTests {
    private func entry(_ name: String) -> dirent {
        var entry = dirent()
        withUnsafeMutableBytes(of: &entry.d_name) { $0.copyBytes(from: name.utf8) }
        return entry
    }

    @Test("are all that there are")
    func all() throws {
        var entries = [".", "b", "..", "a"].map(entry)
        var index = -1
        let names = try entries.withUnsafeMutableBufferPointer { buffer in
            try DirectoryNames.all {
                index += 1
                // What `next` did before, such as closing something, is no error of the folder.
                errno = index == buffer.count ? 0 : EBADF
                return index < buffer.count ? buffer.baseAddress.map { $0 + index } : nil
            }
        }
        #expect(names == [Array("b".utf8), Array("a".utf8)])
    }

    @Test("are no more than are wanted, and what comes later is not asked for")
    func limit() throws {
        var only = entry("a")
        var calls = 0
        let names = try withUnsafeMutablePointer(to: &only) { pointer in
            try DirectoryNames.all(atMost: 2) {
                calls += 1
                return pointer
            }
        }
        #expect(names == [Array("a".utf8), Array("a".utf8)])
        #expect(calls == 2)
    }

    @Test("are an error where the folder cannot be read to its end")
    func failure() {
        var only = entry("a")
        var calls = 0
        #expect(throws: Errno.ioError) {
            try withUnsafeMutablePointer(to: &only) { pointer in
                try DirectoryNames.all {
                    calls += 1
                    if calls == 1 { return pointer }
                    errno = EIO
                    return nil
                }
            }
        }
    }
}
