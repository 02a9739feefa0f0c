import Plumbing
import Testing

/// Members that stand in an object twice are what Go's `encoding/json` makes of them, with which Docker and containerd read.
@Suite struct JSONReaderTests {
    private func reader(_ text: String) throws -> JSONReader { try JSONReader(parsing: Array(text.utf8), kind: "test") }

    @Test(
        arguments: [
            (#"{"a":"1","a":"2"}"#, "2"), (#"{"a":"1","A":"2"}"#, "2"), (#"{"A":"1","a":"2"}"#, "2"),
            (#"{"A":"1"}"#, "1"),
            (#"{"a":null,"a":"2"}"#, "2"),
        ]
    )
    func theLastOneCounts(text: String, value: String) throws {
        #expect(try reader(text).member("a").string() == value)
    }

    @Test func namesAreFoldedAsGoFoldsThem() throws {
        let reader = try reader(#"{"MEDIATYPE":"x","\u017fize":5}"#)
        #expect(try reader.member("mediaType").string() == "x")
        #expect(try reader.member("size").integer() == 5)
        #expect(try reader.optional("media") == nil)
    }

    @Test func anObjectIsFilledInByTheNext() throws {
        let reader = try reader(#"{"a":{"x":1,"y":1},"b":0,"A":{"Y":2,"z":3}}"#).member("a")
        #expect(
            try [reader.member("x"), reader.member("y"), reader.member("z")].map { try $0.integer() } == [1, 2, 3]
        )
    }

    @Test func anArrayIsFilledInByTheNext() throws {
        let list = try reader(#"{"a":[{"x":1,"y":1},{"x":9}],"a":[{"y":2}]}"#).member("a").array()
        #expect(list.count == 1)
        #expect(try list.first?.member("x").integer() == 1 && list.first?.member("y").integer() == 2)
    }

    @Test(arguments: [#"{"a":[1],"a":null}"#, #"{"a":{},"a":"x"}"#, #"{"a":1,"A":"1"}"#, #"{"a":[1],"a":["x"]}"#])
    func whatReadersTakeDifferentlyIsRefusedWhereItIsRead(text: String) throws {
        let error = #expect(throws: JSONError.self) { try reader(text).optional("a") }
        #expect(error?.problem.contains("a stands there twice") == true)
        #expect(try reader(text).optional("b") == nil)
        #expect(try reader(#"{"c":1,"d":\#(text)}"#).member("c").integer() == 1)
    }

    /// A hostile document of the largest size stops the program neither at once nor for long.
    @Test func thousandsOfOneNameAreRefused() throws {
        let text = "{" + String(repeating: #""a":{"b":1},"#, count: 300_000) + #""c":1}"#
        #expect(throws: JSONError.self) { try reader(text).optional("a") }
        #expect(try reader(text).member("c").integer() == 1)
    }

    @Test func accentsInTwoFormsAreNoCrash() throws {
        let members = try reader(#"{"\u00e9":1,"e\u0301":2}"#).object()
        #expect(members.values.contains(.integer(2)))
    }

    @Test func namesAsTheyAreWrittenStay() throws {
        let members = try reader(#"{"Architecture":"a","architecture":"b","architecture":"c"}"#).object()
        #expect(members == ["Architecture": .string("a"), "architecture": .string("c")])
    }

    @Test func aFieldIsSetOnce() {
        var members: [String: JSONValue] = ["ENV": .null, "env": .null, "x": .null]
        members.setField("Env", .bool(true))
        #expect(members == ["Env": .bool(true), "x": .null])
    }
}
