import Foundation
import SystemPackage

/// Runs a test with a folder of its own, which is removed afterwards.
/// `inMemory` for many short runs, where waiting for the disk would take most of the time.
func withTemporaryFolder<T>(inMemory: Bool = false, _ body: (FilePath) async throws -> T) async throws -> T {
    let memory = "/dev/shm"
    let isFast = inMemory && FileManager.default.isWritableFile(atPath: memory)
    let parent = isFast ? URL(filePath: memory) : FileManager.default.temporaryDirectory
    let folder = parent.appending(path: "cvmfs-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(FilePath(folder.path))
}

extension FilePath {
    /// The file's bytes.
    func contents() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: string)))
    }

    /// The names in the folder, sorted.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: string).sorted()
    }

    /// Replaces the file.
    func write(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: string))
    }
}

extension FilePath {
    /// The same path, once there is a folder.
    func made() throws -> FilePath {
        try FileManager.default.createDirectory(atPath: string, withIntermediateDirectories: true)
        return self
    }
}
