import Foundation
import Subprocess
package import SystemPackage

/// A repository that `Tests/tools/make_repository.py` makes by hand, for what no repository of the stock tools at hand
/// shows. That program knows nothing of the code under test.
package struct HandMadeRepository: Sendable {
    /// Its name.
    package static let fqrn = "hand.example.org"
    /// Holds `storage`, `keys` and `contents`.
    package let folder: FilePath

    /// Makes one in a folder that does not exist yet; the options are the program's.
    package init(in folder: FilePath, _ options: [String] = []) async throws {
        self.folder = folder
        let root = ProjectFolder.root
        let script = root.appending("Tests/tools/make_repository.py").string
        // Debian's own Python has the package cryptography; another one in the PATH may not.
        let result = try await Subprocess.run(
            .path("/usr/bin/python3"),
            arguments: Arguments([script, folder.string] + options),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        guard result.terminationStatus.isSuccess else { throw Failure(description: result.standardError) }
    }

    /// What the program said.
    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The objects.
    package var storage: FilePath { folder.appending("storage") }
    /// The four key files.
    package var keys: FilePath { folder.appending("keys") }

    /// The SHA-256 of each regular file of the newest revision, by its path.
    package func contents() throws -> [String: String] {
        let text = try String(contentsOfFile: folder.appending("contents").string, encoding: .utf8)
        let pairs = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
    }

    /// What the independent checker has to say.
    package func faults() async throws -> [String] {
        try await RepositoryChecker.faults(in: storage, fqrn: Self.fqrn, keys: keys)
    }
}
