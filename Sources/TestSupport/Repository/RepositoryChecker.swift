import Subprocess
package import SystemPackage

/// The independent checker of repository directories, `Tests/tools/check_repository.py`: it knows nothing of the code
/// under test.
package enum RepositoryChecker {
    /// Checks structure, counters, signatures and every object's content.
    ///
    /// Returns the faults that it printed, with its last line where it broke off; none for a sound repository. After a
    /// crash the reference log may be ahead of the manifest.
    package static func faults(
        in storage: FilePath,
        fqrn: String,
        keys: FilePath,
        afterCrash: Bool = false
    ) async throws -> [String] {
        let root = ProjectFolder.root
        var arguments = [root.appending("Tests/tools/check_repository.py").string]
        if afterCrash { arguments.append("--reflog-may-be-ahead") }
        // Debian's own Python has the package cryptography; another one in the PATH may not.
        let result = try await Subprocess.run(
            .path("/usr/bin/python3"),
            arguments: Arguments(arguments + [storage.string, fqrn, keys.string]),
            output: .string(limit: 16 << 20),
            error: .string(limit: 1 << 20)
        )
        let lines = (result.standardOutput + result.standardError).split(separator: "\n").map(String.init)
        let faults = lines.filter { $0.hasPrefix("ERROR") }
        if case .exited(0) = result.terminationStatus { return faults }
        return faults + [lines.last ?? "the checker ended with \(result.terminationStatus)"]
    }
}
