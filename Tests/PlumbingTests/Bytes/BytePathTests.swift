import Plumbing
import Testing

@Suite("Byte paths")
struct BytePathTests {
    @Test("what a person types is normalised", arguments: [("", ""), ("/", ""), ("/a//b/./c/", "a/b/c"), ("a", "a")])
    func typed(text: String, expected: String) throws {
        #expect(try BytePath(text).bytes == Array(expected.utf8))
    }

    @Test("no path leads upwards or holds NUL", arguments: ["..", "a/../b", "a\0b"])
    func refused(text: String) {
        #expect(throws: BytePath.Invalid.self) { try BytePath(text) }
    }

    @Test func partsOfAPath() throws {
        let path = try BytePath("a/b/c")
        #expect(path.depth == 3)
        #expect(path.name == Array("c".utf8))
        #expect(path.parent == (try BytePath("a/b")))
        #expect(BytePath().parent == nil)
        #expect(path.relative(to: try BytePath("a")) == (try BytePath("b/c")))
        #expect(path.relative(to: try BytePath("b")) == nil)
        #expect(try BytePath("ab").starts(with: BytePath("a")) == false)
        #expect(try BytePath("a/b").starts(with: BytePath("a")))
    }

    @Test("a directory comes directly before what lies below it")
    func order() throws {
        let paths = try ["a", "a/b", "a/b/c", "a-b", "a.b", "ab"].map { try BytePath($0) }
        #expect(paths.reversed().sorted() == paths)
    }

    @Test("names that Unicode calls equal are different names")
    func noNormalisation() throws {
        let composed = BytePath(components: [[0xc3, 0xa9]])
        let decomposed = BytePath(components: [[0x65, 0xcc, 0x81]])
        #expect(composed != decomposed)
    }

    @Test("what is shown cannot drive a terminal")
    func description() throws {
        let path = try #require(BytePath(components: [[0x61, 0x1b, 0x5b, 0xff]]))
        #expect(path.description == "a\\x1b[\\xff" && path.absolute == "/a\\x1b[\\xff")
        #expect(BytePath().description == "/" && BytePath().absolute == "/")
    }
}
