import CVMFS
import Foundation
import Plumbing
import TestSupport
import Testing

/// A long-lived process looks at repositories thousands of times. The count is that of a whole process, so each test has
/// one of its own.
@Suite("Open databases")
struct OpenDatabaseTests {
    @Test("commits, removals and reads leave no catalog open")
    func nothingStaysOpen() async {
        await #expect(processExitsWith: .success) {
            try await withTemporaryFolder { folder in
                let new = try NativeRepository(in: folder)
                for number in 0..<4 {
                    try new.publish(["f": [UInt8(number)]], at: "a/\(number)/layer") { transaction in
                        try transaction.makeDirectory(BytePath("deep/\(number)/er"), nested: true)
                        try transaction.makeDirectory(BytePath("deep/\(number)/er/est"), nested: true)
                        try transaction.writeFile(BytePath("deep/\(number)/er/est/file"), [UInt8(number)])
                    }
                    let tree = try new.repository.reader.tree()
                    _ = try tree.readFile(BytePath("deep/\(number)/er/est/file"))
                    try tree.walk(BytePath()) { _, _ in }
                    try new.publish(at: "b/layer") { try $0.remove(BytePath("deep/\(number)/er")) }
                    _ = try new.repository.reader.tags()
                }
            }
            guard OpenDatabases.count == 0 else { throw StillOpen(count: OpenDatabases.count) }
        }
    }

    private struct StillOpen: Error {
        let count: Int
    }
}
