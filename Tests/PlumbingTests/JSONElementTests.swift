import Plumbing
import Testing

@Suite("Elements of a JSON array")
struct JSONElementTests {
    @Test("each has the bytes it is written with")
    func bytes() throws {
        let text = " [ {\"b\":1.0 , \"a\":[1]},\t\"x, ]\" ,\n[] ,null, 1e400 ] \n"
        let elements = try JSONElement.elements(parsing: Array(text.utf8), kind: "list")
        #expect(
            elements.map { String(decoding: $0.bytes, as: UTF8.self) } == [
                #"{"b":1.0 , "a":[1]}"#, #""x, ]""#, "[]", "null", "1e400",
            ]
        )
        #expect(elements[1].value == .string("x, ]"))
        #expect(try JSONElement.elements(parsing: Array("[ ]".utf8), kind: "list").isEmpty)
    }

    @Test("what is no array, or not JSON, is said", arguments: ["{}", "null", "", "[1,]", "[1] 2", "[[1]"])
    func faults(_ text: String) {
        let error = #expect(throws: JSONError.self) {
            try JSONElement.elements(parsing: Array(text.utf8), kind: "list")
        }
        #expect(error?.description.hasPrefix("invalid list: ") == true)
    }
}
