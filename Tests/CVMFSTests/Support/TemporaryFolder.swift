import Foundation
import SystemPackage

/// Runs a test with a folder of its own, which is removed afterwards.
func withTemporaryFolder<T>(_ body: (FilePath) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cvmfs-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(FilePath(folder.path))
}

extension FilePath {
    /// The file's bytes.
    func contents() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: string)))
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
