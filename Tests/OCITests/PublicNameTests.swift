import OCI
import Testing

@Suite struct PublicNameTests {
    private static let all = [PublicNames.openScienceGrid, PublicNames.unpacked]
        .flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }

    @Test func everyNameIsAReference() throws {
        let names = Self.all.filter { !$0.contains("*") }
        #expect(names.count == 495)
        for name in names {
            let reference = try ImageReference(parsing: name)
            #expect(try ImageReference(parsing: reference.description).identity == reference.identity)
        }
    }

    /// Patterns are no references: an error says so, and nobody asks a registry for `*`. What stands for it is a tag's.
    @Test func aPatternIsNoReference() throws {
        let patterns = Self.all.filter { $0.contains("*") }
        #expect(patterns.count == 114)
        for pattern in patterns {
            let error = #expect(throws: OCIError.self) { try ImageReference(parsing: pattern) }
            #expect(error?.description.hasPrefix("tag ") == true, "\(pattern): \(error?.description ?? "")")
            _ = try ImageReference(parsing: pattern.replacing("*", with: "x"))
        }
    }
}
