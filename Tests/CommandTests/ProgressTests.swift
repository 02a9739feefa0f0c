import Foundation
import Glibc
import Plumbing
import Subprocess
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ProgressTests {
    /// Runs `body` with a repository and an image that is not converted yet, of which one layer has some megabytes.
    private func withImage(_ body: (Sandbox, InMemoryRegistry) async throws -> Void) async throws {
        try await withRepository("cd.cern.ch") { sandbox in
            try await InMemoryRegistry.with { registry in
                var random = SeededRandom(seed: 5)
                let bytes = (0..<(8 << 20)).map { _ in UInt8.random(in: 0...255, using: &random) }
                let large = TarBuilder.archive { $0.file("large", RawBytes(bytes)) }
                try registry.addImage("app", tag: "1", layers: [Layers.base, .tar(large)])
                try await sandbox.succeed(
                    "add-desiderata",
                    "-i",
                    registry.reference("app:1"),
                    "-o",
                    registry.reference("thin/app:1"),
                    "-r",
                    "cd.cern.ch",
                    "--no-convert"
                )
                try await body(sandbox, registry)
            }
        }
    }

    @Test func objectsForPrograms() async throws {
        try await withImage { sandbox, _ in
            let outcome = try await sandbox.wafer("convert", "--progress", "json", "--log-level", "error")
            #expect(outcome.code == 0)
            #expect(outcome.text.split(separator: "\n").count == 1)
            let events = try outcome.errors.split(separator: "\n").map {
                try #require(JSONValue(parsing: Array($0.utf8)).object)
            }
            let names = events.compactMap { $0["event"]?.string }
            #expect(names.first == "layers_started")
            #expect(names.count { $0 == "layer_started" } == 2)
            #expect(names.count { $0 == "layer_finished" } == 2)
            // Once in a second, and not for each part that comes.
            #expect(names.count { $0 == "layer_progress" } < 60)
            #expect(names.suffix(4) == ["layers_ended", "tree_assembled", "published", "pushed"])
            #expect(events[0]["layers"] == .integer(2))
            #expect(events.allSatisfy { $0["time"]?.string?.hasSuffix("Z") == true })
            let verified = try await sandbox.wafer("verify", "x:1", "--progress", "json")
            #expect(verified.code == 1)
        }
    }

    @Test func noneIsSilentAndPlainHasTwoLinesForALayer() async throws {
        try await withImage { sandbox, registry in
            let none = try await sandbox.wafer("convert", "--progress", "none")
            #expect(none.code == 0)
            #expect(none.errors == "")
            let plain = try await sandbox.wafer("verify", registry.reference("app:1"), "--progress", "plain")
            #expect(plain.errors.matches(of: #/: begins, /#).count == 2)
            #expect(plain.errors.matches(of: #/: compared, .*/s\n/#).count == 2)
            #expect(!plain.errors.contains("\u{1B}"))
        }
    }

    /// Who stops a terminal looks at it, and wants the work to go on: all of it, to its end.
    @Test(arguments: ["bar", "json", "plain"])
    func aStoppedTerminalHoldsUpNoWork(form: String) async throws {
        try await withImage { sandbox, registry in
            let terminal = try StoppedTerminal()
            let result = try await Subprocess.run(
                .path(Sandbox.program),
                arguments: ["convert", "--progress", "\(form)", "--log-level", "debug"],
                environment: .custom(["HOME": "\(sandbox.path)", "PATH": "/usr/bin:/bin", "TERM": "xterm"]),
                workingDirectory: sandbox.path,
                input: .none,
                output: .string(limit: 1 << 20),
                error: .fileDescriptor(terminal.device, closeAfterSpawningProcess: true)
            ) { _ in
                try await sandbox.wait(for: "the thin image") { registry.manifest("thin/app", "1") != nil }
                try await terminal.readToTheEnd()
            }
            #expect(result.terminationStatus == .exited(0))
            #expect(result.standardOutput.contains("): converted, revision 2"))
        }
    }

    /// Where the results go to the same terminal, too: the next image is converted, and a signal ends the program.
    @Test(arguments: [true, false])
    func resultsOnAStoppedTerminalHoldUpNoImage(isInterrupted: Bool) async throws {
        try await withImage { sandbox, registry in
            try registry.addImage("next", tag: "1", layers: [Layers.base])
            let next = [
                "-i", registry.reference("next:1"), "-o", registry.reference("thin/next:1"), "-r", "cd.cern.ch",
            ]
            #expect(try await sandbox.wafer(["add-desiderata", "--no-convert"] + next).code == 0)
            let terminal = try StoppedTerminal()
            let again = FileDescriptor(rawValue: fcntl(terminal.device.rawValue, F_DUPFD_CLOEXEC, 0))
            try #require(again.rawValue >= 0)
            let result = try await Subprocess.run(
                .path(Sandbox.program),
                arguments: ["convert", "--progress", "bar"],
                environment: .custom(["HOME": "\(sandbox.path)", "PATH": "/usr/bin:/bin", "TERM": "xterm"]),
                workingDirectory: sandbox.path,
                input: .none,
                output: .fileDescriptor(again, closeAfterSpawningProcess: true),
                error: .fileDescriptor(terminal.device, closeAfterSpawningProcess: true)
            ) { execution in
                for name in ["thin/app", "thin/next"] {
                    try await sandbox.wait(for: "the image \(name)") { registry.manifest(name, "1") != nil }
                }
                if isInterrupted {
                    try execution.send(signal: .interrupt)
                } else {
                    try await terminal.readToTheEnd()
                }
            }
            #expect(isInterrupted || result.terminationStatus == .exited(0))
        }
    }

    /// On a pseudo-terminal, by `script`, which writes what the terminal would get.
    @Test func barsOnATerminal() async throws {
        try await withImage { sandbox, _ in
            func run(_ settings: String, _ command: String) async throws -> String {
                _ = try await sandbox.shell(
                    "script -qec 'stty cols 50 rows 10; \(settings) exec '$wafer' \(command)' typescript >/dev/null </dev/null"
                )
                let file = URL(filePath: "\(sandbox.path)/typescript")
                return String(decoding: try Data(contentsOf: file), as: UTF8.self)
            }
            let bars = try await run("TERM=xterm NO_COLOR=1", "convert --log-level debug")
            #expect(bars.contains(/[0-9a-f]{12}  \[=*>? *\] +[0-9.]+ [kM]?B of [0-9.]+ [kM]B\u{1B}\[K/))
            #expect(bars.contains(/[012] of 2 layers  .* of 8.4 MB/))
            // Every line that changes stays within the window.
            for line in bars.matches(of: /(?:[0-9a-f]{12}  \[|[0-9]+ of 2 layers)[^\r\n\u{1B}]*/) {
                #expect(line.output.count < 50)
            }
            // Messages and results are outside of them, and at the end they are gone.
            #expect(bars.contains("\u{1B}[Jwafer: published revision 2"))
            #expect(!bars.contains("begins,"))
            let last = try #require(bars.range(of: "\u{1B}[J", options: .backwards))
            #expect(!bars[last.upperBound...].contains("\u{1B}"))
            #expect(bars[last.upperBound...].contains("converted, revision 2"))
            #expect(!bars.contains("\u{1B}[36m"))

            let dumb = try await run("TERM=dumb", "convert --overwrite-layers")
            #expect(!dumb.contains("\u{1B}"))
            #expect(dumb.contains(": begins, "))
            let quiet = try await run("TERM=xterm", "convert --overwrite-layers --log-level error")
            #expect(!quiet.contains("\u{1B}"))
            let coloured = try await run("TERM=xterm", "convert --overwrite-layers --progress bar")
            #expect(coloured.contains("\u{1B}[36m"))
        }
    }
}

/// A pseudo-terminal whose window takes nothing any more until it is read.
private struct StoppedTerminal {
    /// What a program writes to.
    let device: FileDescriptor
    private let window: FileDescriptor

    init() throws {
        // ioctl_tty(2): TIOCSPTLCK and TIOCGPTN, which Swift does not import.
        let window = try FileDescriptor.open("/dev/ptmx", .readWrite, options: [.nonBlocking, .closeOnExec])
        var (lock, number): (CInt, CInt) = (0, 0)
        try #require(ioctl(window.rawValue, 0x4004_5431, &lock) == 0)
        try #require(ioctl(window.rawValue, 0x8004_5430, &number) == 0)
        self.window = window
        let device = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        try #require(device >= 0)
        self.device = FileDescriptor(rawValue: device)
        while write(device, "filling up\n", 11) > 0 {}
        try #require(errno == EAGAIN && fcntl(device, F_SETFL, 0) == 0)
    }

    /// Reads until no program has it open.
    func readToTheEnd() async throws {
        defer { try? window.close() }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            do {
                _ = try buffer.withUnsafeMutableBytes { try window.read(into: $0) }
            } catch Errno.wouldBlock {
                try await Task.sleep(for: .milliseconds(10))
            } catch Errno.ioError {
                return
            }
        }
    }
}
