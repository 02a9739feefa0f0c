import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// What a repository says of itself.
@Suite struct MetainfoTests {
    private func set(_ text: String, _ native: NativeRepository) throws -> Bool {
        try native.repository.setMetainfo(Array(text.utf8), .test)
    }

    @Test("the text is published as it is, as zlib's own bytes, without a new revision")
    func sets() async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder)
            #expect(try native.repository.reader.metainfo() == Metainfo.empty)
            let text = """
                {"administrator": "Ä. Name", "recommended-stratum1s": ["http://a", "http://b"],
                 "custom": {"x": [1, null]}, "anything": false}
                """
            #expect(try set(text, native))
            #expect(try native.repository.reader.metainfo() == Array(text.utf8))
            #expect(try !set(text, native))
            let manifest = try native.repository.reader.published().manifest
            #expect(manifest.revision == 1)
            let stored = try native.repository.reader.store.load(try #require(manifest.metainfo), .metainfo)
            let stock = try Array(text.utf8).withUnsafeBytes { try ZlibCompressor(.zlib).compress($0) }
            #expect(stored == stock)
            try native.publish(["f": [1]], at: "a")
            #expect(try native.repository.reader.metainfo() == Array(text.utf8))
            try await native.expectSound()
        }
    }

    @Test(
        "what is no meta info is refused",
        arguments: [
            ("", "no JSON"), ("{", "no JSON"), ("[]", "must be a JSON object"), ("3", "must be a JSON object"),
            (#"{"email": 3}"#, #""email" in the meta info must be a string"#),
            (#"{"recommended-stratum1s": "x"}"#, "must be an array of strings"),
            (#"{"recommended-stratum1s": ["x", 3]}"#, "must be an array of strings"),
            (#"{"custom": []}"#, "must be an object"),
        ]
    )
    func refuses(_ text: String, _ message: String) {
        let error = #expect(throws: CVMFSError.self) { try Metainfo.validate(Array(text.utf8)) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func refusesWhatIsAbsurdlyLong() {
        let text = #"{"description": ""# + String(repeating: "x", count: Metainfo.limit) + #""}"#
        #expect(throws: CVMFSError.self) { try Metainfo.validate(Array(text.utf8)) }
    }
}
