import Subprocess
import SystemPackage

/// Runs the tools whose word counts more than ours: `tar`, `bsdtar`, `gzip`, `zstd`.
package enum ExternalTool {
    /// A tool that did not end with status 0.
    package struct Failure: Error, CustomStringConvertible {
        /// The tool, how it ended, and what it wrote to its standard error.
        package let description: String
    }

    /// What a tool writes to its standard output, at most 64 MiB. Throws ``Failure``.
    @discardableResult
    package static func run(
        _ name: String,
        _ arguments: [String] = [],
        input: [UInt8] = [],
        in folder: String? = nil
    ) async throws -> [UInt8] {
        let result = try await Subprocess.run(
            .name(name),
            arguments: Arguments(arguments),
            environment: .inherit.updating(["LC_ALL": "C"]),
            workingDirectory: folder.map { FilePath($0) },
            input: .array(input),
            output: .bytes(limit: 64 << 20),
            error: .string(limit: 64 << 10)
        )
        guard case .exited(0) = result.terminationStatus else {
            throw Failure(description: "\(name): \(result.terminationStatus): \(result.standardError)")
        }
        return result.standardOutput
    }
}
