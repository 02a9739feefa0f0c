import CVMFS
import Foundation
import Logging
import Plumbing

/// What `cvmfs_server` says of itself and of a repository.
package struct ServerInspection: Sendable {
    /// Its version, such as `2.12.0-1`.
    package let version: String
    /// What its list says of the repository, such as `stratum0 / local - in transaction`; nil where it lists none.
    package let state: String?

    /// The least version that ingests from its standard input and has catalogs for what it ingests.
    private static let least = [2, 7]

    /// Asks for both. Throws ``StockServerError`` where it is not installed or too old.
    package init(_ command: ServerCommand, of repository: ServerRepository) async throws {
        let limit = Duration.seconds(120)
        let usage = try await command.run([], timeout: limit, level: .debug)
        let title = "CernVM-FS Server Tool "
        guard let line = usage.lines.first(where: { $0.contains(title) }),
            let version = line.components(separatedBy: title).last
        else { throw ServerFailure(repository).error(usage) }
        self.version = version
        let numbers = version.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        guard !numbers.lexicographicallyPrecedes(Self.least) else {
            throw StockServerError(
                "cvmfs_server is version \(Printable.text(version)), and 2.7 is needed: install a newer cvmfs-server"
            )
        }
        state = try await Self.state(command, of: repository)
    }

    /// It lists all repositories, and gives up where one of the others goes away meanwhile.
    private static func state(_ command: ServerCommand, of repository: ServerRepository) async throws -> String? {
        let start = "\(repository.fqrn) ("
        var attempts = 3
        while true {
            let list = try await command.run(["list"], timeout: .seconds(120), level: .debug)
            if let line = list.lines.first(where: { $0.hasPrefix(start) }) {
                // What stands behind the parenthesis tells of the version that made it.
                let parts = line.dropFirst(start.count).split(separator: ")", maxSplits: 1)
                return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }.joined(
                    separator: " "
                )
            }
            if list.isSuccess { return nil }
            attempts -= 1
            guard attempts > 0 else { throw ServerFailure(repository).error(list) }
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
