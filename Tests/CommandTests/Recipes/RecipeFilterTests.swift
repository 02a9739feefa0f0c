import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Lists of one recipe's desideratas, and what a command says of all images of a list.
@Suite(.timeLimit(.minutes(5))) struct RecipeFilterTests {
    private func write(_ name: String, _ text: String, _ sandbox: Sandbox) throws {
        try text.write(toFile: sandbox.path.appending(name).string, atomically: true, encoding: .utf8)
    }

    @Test func statusAndListsOfARecipe() async throws {
        let sandbox = try Sandbox(inMemory: true)
        try await sandbox.succeed("init")
        try write("a.yaml", "version: 2\nrepository: cd.cern.ch\nimages: [b.org/x:1, b.org/x:2]\n", sandbox)
        try write("b.txt", "b.org/y:1\n", sandbox)
        for arguments in [["a.yaml"], ["b.txt", "--repository", "cd.cern.ch"]] {
            let applied = try await sandbox.wafer(["recipe", "apply"] + arguments)
            #expect(applied.code == 0, "\(applied.errors)")
        }
        let path = sandbox.path.appending("a.yaml").string
        for command in ["status", "list-desideratas"] {
            let own = try await sandbox.succeed(command, "--recipe", "a.yaml", "--format", "json")
            let rows = try #require(try JSONValue(parsing: Array(own.utf8)).array)
            #expect(rows.map { $0.object?["recipe"] } == [.string(path), .string(path)], "\(own)")
            #expect(try await sandbox.succeed(command).contains("RECIPE"))
            #expect(
                try await sandbox.succeed(command, "--recipe", path, "--limit", "1", "-z").split(separator: "\n").count
                    == 2
            )
            let unknown = try await sandbox.wafer(command, "--recipe", "c.yaml")
            #expect(unknown.code == 1 && unknown.errors.contains("c.yaml"), "\(unknown.errors)")
        }
        #expect(
            try await sandbox.succeed("status", "--recipe", "b.txt", "--repository", "none.org", "-z").contains("\n")
                == true
        )
        try await sandbox.succeed("recipe", "remove", "a.yaml")
        try await sandbox.succeed("recipe", "remove", "b.txt")
        #expect(try await !sandbox.succeed("list-desideratas").contains("RECIPE"))
    }

    @Test func whatTheCommandSaysOfAList() async throws {
        let sandbox = try Sandbox(inMemory: true)
        try await sandbox.succeed("init")
        try write("b.txt", "b.org/y:1\n", sandbox)
        let options = ["--repository", "cd.cern.ch", "--formats", "podman", "--platform", "arm64", "--allow-private"]
        let applied = try await sandbox.wafer(["recipe", "apply", "b.txt"] + options)
        #expect(applied.code == 0, "\(applied.errors)")
        let list = try await sandbox.succeed("list-desideratas", "--format", "json")
        let row = try #require(try JSONValue(parsing: Array(list.utf8)).array?.first?.object)
        #expect(row["formats"] == .array([.string("layers"), .string("podman")]), "\(list)")
        #expect(row["platforms"] == .array([.string("linux/arm64")]) && row["allow_private"] == .bool(true))
        // As a loop applies it: what was said counts on.
        let again = try await sandbox.succeed("recipe", "diff", "b.txt", "--repository", "cd.cern.ch")
        #expect(again.contains("platforms: linux/amd64, before: linux/arm64"), "\(again)")
        let thin = try await sandbox.wafer([
            "recipe", "apply", "b.txt", "--repository", "cd.cern.ch", "--formats", "thin",
        ])
        #expect(thin.code == 1 && thin.errors.contains("a list names no thin images"), "\(thin.errors)")
    }
}
