import State
import SystemPackage
import Testing

@Suite struct StateErrorTests {
    /// SQLite's codes, extended ones too: <https://www.sqlite.org/rescode.html>.
    @Test(
        arguments: [
            (5, StateError.busy("f")), (261, .busy("f")), (517, .busy("f")), (6, .busy("f")),
            (13, .diskFull("f")), (8, .readOnly("f")), (1544, .readOnly("f")), (26, .notADatabase("f")),
            (11, .damaged("f", detail: "d")), (267, .damaged("f", detail: "d")), (10, .inputOutput("f", detail: "d")),
            (778, .inputOutput("f", detail: "d")), (19, .sqlite("f", detail: "d")),
        ] as [(Int32, StateError)]
    )
    func codes(code: Int32, error: StateError) {
        #expect(StateError.from(resultCode: code, detail: "d", file: "f") == error)
    }

    @Test(arguments: [5, 6, 8, 10, 11, 13, 14, 15, 19, 26, 1, 21] as [Int32])
    func everyOneNamesTheFile(code: Int32) {
        let text = StateError.from(resultCode: code, detail: "d\u{1B}[2J", file: "/dir/state.sqlite").description
        #expect(text.contains("/dir/state.sqlite"))
        #expect(!text.contains("\u{1B}") && !text.contains("\n"))
        #expect(!text.contains("locked") || code == 5 || code == 6 || code == 15)
        #expect(text.first?.isUppercase == false)
    }

    @Test func manyUsersAreCut() {
        let users = (0..<30).map { Samples.user("user\($0)") }
        let text = StateError.keyFileMissing("k", users: users).description
        #expect(text.contains("user19 at docker.foo.bar.com and 10 more"))
        #expect(!text.contains("user20"))
    }
}
