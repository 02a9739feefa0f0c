import Foundation
import SystemPackage

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
