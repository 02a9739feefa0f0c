import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// What a person can call a revision.
@Suite("Names of revisions")
struct RevisionNamesTests {
    @Test("a tag comes before a number, and a number need have no tag")
    func names() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            #expect(throws: CVMFSError.self) { try RevisionNames(new.repository.reader).previous() }
            for number in 2...5 {
                try new.publish(at: "x/\(number)")
                if number == 3 { try new.repository.tags.add("5", description: "", .test) }
            }
            let names = try RevisionNames(new.repository.reader)
            let chain = try new.repository.reader.revisions().links
            #expect(names.published.number == 5 && names.published.root.hash == chain[0].root)
            #expect(try names.previous().number == 4 && names.previous().root.hash == chain[1].root)
            #expect(try names.revision("trunk-previous").root.hash == chain[1].root)
            for number in [1, 2, 3, 4] {
                let found = try names.revision(String(number))
                #expect(found.number == UInt64(number) && found.root.hash == chain[5 - number].root)
                #expect(try new.repository.reader.tree(of: found).entry(at: BytePath("x/4")) != nil || number < 4)
            }
            #expect(try names.revision("5").number == 3)
            for (name, problem) in [
                ("0", "there is no revision 0 of"), ("6", "the published one is 5"), ("-1", "there is no tag -1"),
                ("nightly", "there is no tag nightly"),
            ] {
                let error = #expect(throws: CVMFSError.self) { try names.revision(name) }
                #expect(error?.code == .notFound && error?.description.contains(problem) == true)
            }
        }
    }

    @Test("what was collected is said to be that")
    func collected() async throws {
        try await withHandMadeRepository("--revisions", "4") { hand in
            let reader = try hand.open().reader
            let chain = try reader.revisions().links
            let object = hand.storage.appending(chain[1].root.objectPath(.catalog))
            let kept = try object.contents()
            try FileManager.default.removeItem(atPath: object.string)
            let names = try RevisionNames(reader)
            for attempt in [{ try names.previous() }, { try names.revision("2") }] {
                let error = #expect(throws: CVMFSError.self) { _ = try attempt() }
                #expect(error?.code == .notFound && error?.description.contains("was collected") == true)
            }
            try object.write(kept)
            #expect(try names.revision("2").root.hash == chain[2].root)
        }
    }
}
