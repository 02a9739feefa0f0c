import Foundation
import State

/// Writes and reads as fast as it can, several tasks at once.
enum Hammer {
    static let tasks = 4
    static let rounds = 40

    static func strike(_ database: StateDatabase, name: String) async throws {
        try await withThrowingTaskGroup { group in
            for task in 0..<tasks {
                group.addTask {
                    for round in 0..<rounds {
                        let desiderata = try await database.wishes.addDesiderata(
                            input: Samples.reference("in/\(name)-\(task)-\(round)"),
                            output: Samples.reference("out/\(name)-\(task)-\(round)", user: "foo"),
                            cvmfsRepository: "a.org",
                            at: Samples.now
                        )
                        try await database.claims.withClaim(on: .desiderata(desiderata.id)) {
                            let id = try await database.history.startConversion(of: desiderata.id, at: Samples.now)
                            try await database.history.finishConversion(id, error: "just hammering", at: Samples.now)
                        }
                        _ = try await database.history.status(of: desiderata.id, at: Samples.now)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
