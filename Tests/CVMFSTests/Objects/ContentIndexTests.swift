import CVMFS
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// The index of what is stored: one thread that waits for its disk does not hold up all others.
@Suite("The content index", .timeLimit(.minutes(5)))
struct ContentIndexTests {
    /// Keeps all readers of a SQLite database in WAL mode waiting as long as the value lives: they take one of these bytes of
    /// its shared memory (https://www.sqlite.org/walformat.html#wal_locks).
    private final class HeldReaders {
        private let file: FileDescriptor
        /// Of an open file, and so also against this process. `F_OFD_SETLK` is shown to GNU sources only.
        private static let lockOfFile: Int32 = 37

        init(_ database: FilePath) throws {
            file = try FileDescriptor.open("\(database)-shm", .readWrite, options: .closeOnExec)
            try #require(set(F_WRLCK) == 0)
        }

        private func set(_ kind: Int32) -> Int32 {
            var area = Glibc.flock()
            area.l_type = Int16(kind)
            area.l_whence = Int16(SEEK_SET)
            area.l_start = 123
            area.l_len = 5
            return withUnsafeMutablePointer(to: &area) { fcntl(file.rawValue, Self.lockOfFile, $0) }
        }

        func release() { #expect(set(F_UNLCK) == 0) }

        deinit { try? file.close() }
    }

    /// How often this process has a file open.
    private func openings(of path: FilePath) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")) == path.string
        }
    }

    @Test(
        "is asked by several threads at once",
        .enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1, "with one core there is one thread")
    )
    func lookups() async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder)
            let preparation = try native.repository.prepare(.test)
            let index = RepositoryWorkspace(storage: native.storage).root.appending("content-index.sqlite")
            let readers = try HeldReaders(index)
            #expect(try openings(of: index) == 1)
            let batch = ContentBatch()
            for number in 0..<16 {
                let bytes = Array("file \(number)".utf8)
                let writer = preparation.content.begin(size: Int64(bytes.count), in: batch)
                try bytes.withUnsafeBytes { try writer.append($0) }
                _ = try writer.finish()
            }
            // While one lookup waits another one begins, which opens the file once more. The first one gives up in the end,
            // and then something is stored.
            while try openings(of: index) < 2, batch.statistics.newObjects == 0 { usleep(1_000) }
            #expect(batch.statistics.newObjects == 0)
            readers.release()
            try batch.wait()
            #expect(batch.statistics.newObjects == 16)
            try preparation.end()
        }
    }
}
