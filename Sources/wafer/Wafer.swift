import ArgumentParser
import Conversion
import Glibc
import Plumbing
import SystemPackage
import Terminal

/// The program: parses, calls, prints, and gives the exit status.
@main
struct Wafer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wafer",
        abstract: "Publish container images on CernVM-FS.",
        usage: "wafer <command> [<options>]",
        discussion: HelpText.program,
        version: WaferVersion.number,
        groupedSubcommands: [
            CommandGroup(
                name: "Desiderata",
                subcommands: [
                    AddDesiderataCommand.self, ListDesideratasCommand.self, SetDesiderataCommand.self,
                    RemoveDesiderataCommand.self, ConvertCommand.self, LoopCommand.self, StatusCommand.self,
                    RecipeCommand.self, VerifyCommand.self, PruneCommand.self,
                ]
            ),
            CommandGroup(
                name: "Image",
                subcommands: [
                    AddImageCommand.self, ListImagesCommand.self, ImageInDatabaseCommand.self,
                    CheckImageSyntaxCommand.self, InspectCommand.self, DownloadManifestCommand.self,
                    ListTagsCommand.self, ConvertImageCommand.self, RemoveImageCommand.self,
                ]
            ),
            CommandGroup(
                name: "Database and User",
                subcommands: [
                    InitCommand.self, AddUserCommand.self, ListUsersCommand.self, RemoveUserCommand.self,
                    CredentialsCommand.self,
                ]
            ),
            CommandGroup(
                name: "CVMFS Repository",
                subcommands: [RepositoryCommand.self, AdoptCommand.self, DoctorCommand.self]
            ),
        ]
    )

    @OptionGroup
    var global: GlobalOptions

    static func main() async {
        // A reader that went away is an error of the write, not the end of a conversion.
        signal(SIGPIPE, SIG_IGN)
        do {
            try StartConditions.check()
        } catch {
            StandardErrorLog.report(error: ErrorText.describe(error), format: .text)
            end(with: ExitStatus.nothingDone)
        }
        let command: any ParsableCommand
        do {
            command = try await asyncParseAsRoot()
        } catch {
            end(with: error)
        }
        do {
            try await run(command)
            Screen.standardError.flush()
        } catch {
            finish(command, with: error)
        }
    }

    private static func run(_ command: any ParsableCommand) async throws {
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            var command = command
            try command.run()
        }
    }

    /// Ends the process as `exit(withError:)` does. A usage error quotes what was typed, or came from another program.
    ///
    /// Waits for the terminal, but where the program was told to stop not longer than `time`.
    private static func end(with error: any Error, within time: Duration? = nil) -> Never {
        Screen.standardError.flush(within: time)
        let status = exitCode(for: error)
        guard status != .success else { exit(withError: error) }
        let message = fullMessage(for: error)
        if !message.isEmpty {
            // Nobody is left to tell where this cannot be written.
            _ = try? FileDescriptor.standardError.writeAll((Printable.lines(message) + "\n").utf8)
        }
        exit(withError: status)
    }

    /// Says what went wrong, once, and ends the process.
    private static func finish(_ command: any ParsableCommand, with error: any Error) -> Never {
        if error is StandardOutput.Closed { end(with: ExitStatus.outputClosed) }
        // Help, usage errors, and statuses whose reason was shown already.
        if error is ExitCode || exitCode(for: error) != .failure { end(with: error) }
        let ours = command as? any WaferCommand
        let text = error is CancellationError ? interrupted(ours) : ErrorText.describe(error)
        StandardErrorLog.report(error: text, format: ours?.global.logFormat ?? .text)
        // Only conversions are asked to stop and come here: what they had not done yet is not done.
        guard error is CancellationError else { end(with: ExitStatus.nothingDone) }
        end(with: ExitStatus.imagesFailed, within: .seconds(1))
    }

    /// That somebody stopped a command, and how to go on.
    private static func interrupted(_ command: (any WaferCommand)?) -> String {
        let arguments = CommandLine.arguments.dropFirst().map(ShellWord.text).joined(separator: " ")
        let next = command.flatMap { type(of: $0).continuation } ?? "wafer \(arguments)"
        return ErrorText.line("interrupted: nothing incomplete was published; `\(next)` goes on")
    }
}
