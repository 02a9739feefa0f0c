import Foundation
import Testing

@Suite struct HelpTests {
    @Test func groupsTheCommandsAndFitsIntoEightyColumns() async throws {
        let sandbox = try Sandbox()
        let help = try await sandbox.succeed("--help")
        for part in [
            "A FIRST SESSION:", "FILES:", "ENVIRONMENT:", "EXIT STATUS:", "DESIDERATA SUBCOMMANDS:",
            "WAFER_DATABASE", "docker2cvmfs_archive.sqlite", "migrate-database", "  141 nobody reads the output",
        ] {
            #expect(help.contains(part))
        }
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test(arguments: [
        "init", "add-user", "list-users", "remove-user", "add-image", "list-images", "image-in-database",
        "check-image-syntax", "inspect", "download-manifest", "add-desiderata", "list-desideratas", "set-desiderata",
        "remove-desiderata", "convert", "loop", "status", "verify", "convert-image",
    ])
    func everyCommandHasAnExample(_ command: String) async throws {
        let sandbox = try Sandbox()
        let help = try await sandbox.succeed(command, "--help")
        #expect(help.contains("EXAMPLE"))
        #expect(help.contains("  wafer \(command)"))
        #expect(help.contains("--database <file>"))
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func usageErrorsExitWith64() async throws {
        let sandbox = try Sandbox()
        for arguments in [["nonsense"], ["add-user"], ["list-users", "--nonsense"], ["status", "x"]] {
            let outcome = try await sandbox.wafer(arguments)
            #expect(outcome.code == 64)
            #expect(outcome.text == "")
            #expect(outcome.errors.hasPrefix("Error: "))
        }
    }

    @Test func usageErrorsDriveNoTerminal() async throws {
        let sandbox = try Sandbox()
        let word = "x\u{1B}[31m\u{9B}2J\u{202E}"
        for arguments in [[word], ["list-users", "--\(word)"], ["list-users", "--format", word], ["status", word]] {
            let outcome = try await sandbox.wafer(arguments)
            #expect(outcome.code == 64)
            #expect(outcome.errors.contains("x\\x1b[31m\\xc2\\x9b2J\\xe2\\x80\\xae"), "\(outcome.errors)")
            #expect(outcome.errors.unicodeScalars.allSatisfy { !["\u{1B}", "\u{9B}", "\u{202E}"].contains($0) })
            #expect(outcome.errors.contains("\nUsage: "))
        }
    }

    @Test func printsVersionAndCompletions() async throws {
        let sandbox = try Sandbox()
        #expect(try await sandbox.succeed("--version").contains(/^[0-9]+\.[0-9]+\.[0-9]+/))
        for shell in ["bash", "zsh", "fish"] {
            let script = try await sandbox.succeed("--generate-completion-script", shell)
            #expect(script.contains("list-desideratas"))
        }
    }

    @Test func endsQuietlyWhereNobodyReads() async throws {
        let sandbox = try Sandbox()
        let outcome = try await sandbox.shell("{ sleep 2; $wafer check-image-syntax redis; echo $? >&2; } | true")
        #expect(outcome.errors == "141\n")
    }

    @Test func tellsWhereTheOutputCannotBeWritten() async throws {
        let sandbox = try Sandbox()
        let outcome = try await sandbox.shell("$wafer check-image-syntax redis > /dev/full")
        #expect(outcome.code == 1)
        #expect(outcome.errors == "wafer: error: cannot write to the standard output: No space left on device\n")
    }

    @Test func writesMessagesAsJSON() async throws {
        let sandbox = try Sandbox()
        let outcome = try await sandbox.wafer("list-users", "--log-format", "json")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains(/^\{"level":"error","message":"no database here [^"]*","time":"20[^"]*Z"\}\n$/))
    }
}
