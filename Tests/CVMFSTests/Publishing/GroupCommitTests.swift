import CVMFS
import Plumbing
import TestSupport
import Testing

/// Several preparations become one revision: all of them, or none.
@Suite struct GroupCommitTests {
    private struct Refusal: Error {}

    private func write(_ name: String, _ repository: Repository) throws -> PreparedEdits {
        let preparation = try repository.prepare(.test)
        return PreparedEdits(preparation) { try $0.writeFile(BytePath(name), Array(name.utf8)) }
    }

    private func outcomes(_ all: [PreparedEdits], _ repository: Repository) throws -> [CommitOutcome] {
        var outcomes: [CommitOutcome] = []
        try repository.commit(all, .test) { outcomes.append($0) }
        return outcomes
    }

    @Test func allInOneRevision() throws {
        let folder = try TemporaryFolder()
        let repository = try NativeRepository(in: folder.path).repository
        let before = try repository.reader.published().manifest.revision
        let all = try ["a", "b", "c"].map { try write($0, repository) }
        #expect(try outcomes(all, repository) == Array(repeating: .published(revision: before + 1), count: 3))
        let tree = try repository.reader.tree()
        for name in ["a", "b", "c"] { #expect(try tree.readFile(BytePath(name)) == Array(name.utf8)) }
        // One that changes nothing is where the others are, and none makes no revision.
        let more = try ["a", "d"].map { try write($0, repository) }
        #expect(
            try outcomes(more, repository) == [.unchanged(revision: before + 2), .published(revision: before + 2)]
        )
        let again = try ["a", "d"].map { try write($0, repository) }
        #expect(try outcomes(again, repository) == Array(repeating: .unchanged(revision: before + 2), count: 2))
        #expect(try outcomes([], repository).isEmpty)
    }

    @Test func oneThatThrowsLeavesEverythingAsItWas() throws {
        let folder = try TemporaryFolder()
        let repository = try NativeRepository(in: folder.path).repository
        let before = try repository.reader.published().manifest
        let bad = PreparedEdits(try repository.prepare(.test)) {
            try $0.writeFile(BytePath("half"), [1])
            throw Refusal()
        }
        let all = [try write("a", repository), bad, try write("b", repository)]
        #expect(throws: Refusal.self) { _ = try outcomes(all, repository) }
        #expect(try repository.reader.published().manifest == before)
    }
}
