import Foundation
package import SystemPackage

/// A folder for one test, removed with the last reference to it.
package final class TemporaryFolder: Sendable {
    /// Where it is.
    package let path: FilePath

    /// A new one; `inMemory` for many short runs, where waiting for the disk would take most of the time.
    package init(inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let isFast = inMemory && FileManager.default.isWritableFile(atPath: memory)
        let parent = isFast ? memory : FileManager.default.temporaryDirectory.path
        path = FilePath(parent).appending("wafer-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
    }

    deinit {
        // Nothing depends on it.
        try? FileManager.default.removeItem(atPath: path.string)
    }
}

/// Runs a test with a folder of its own, which is removed afterwards.
package func withTemporaryFolder<Result>(
    inMemory: Bool = false,
    _ body: (FilePath) async throws -> Result
) async throws -> Result {
    let folder = try TemporaryFolder(inMemory: inMemory)
    let result = try await body(folder.path)
    return withExtendedLifetime(folder) { result }
}
