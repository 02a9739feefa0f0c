import Foundation
import SystemPackage
import TestSupport
import Testing

/// With a terminal, which Python's `pty` lends.
@Suite(.timeLimit(.minutes(5))) struct PasswordPromptTests {
    private static let script = #"""
        import os, pty, sys, time
        typed = sys.argv[1].encode().decode("unicode_escape").encode("latin-1")
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(sys.argv[2], ["wafer", "add-user", "-u", "foo", "-r", "docker.io", "--keep-password"])
        seen = b""
        while b": " not in seen:
            seen += os.read(terminal, 4096)
        os.write(terminal, typed)
        try:
            while True:
                piece = os.read(terminal, 4096)
                if not piece: break
                seen += piece
        except OSError:
            pass
        _, status = os.waitpid(pid, 0)
        sys.stdout.write("%d %s" % (os.waitstatus_to_exitcode(status), seen.decode()))
        """#

    private func ask(_ sandbox: Sandbox, typing keys: String) async throws -> String {
        let program = Sandbox.program.string
        let result = try await sandbox.shell("python3 -c '\(Self.script)' '\(keys)' '\(program)'")
        return result.text
    }

    @Test func asksWithoutShowingWhatIsTyped() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        let seen = try await ask(sandbox, typing: #"seXX\x7f\x7fcret\r"#)
        #expect(seen.hasPrefix("0 Password of foo at docker.io: "))
        #expect(!seen.contains("cret"))
        #expect(try await sandbox.succeed("list-users", "-z") == "user,registry\nfoo,docker.io\n")
    }

    @Test func controlCStoresNothing() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        let seen = try await ask(sandbox, typing: #"sec\x03"#)
        #expect(seen.hasPrefix("1 "))
        #expect(seen.contains("wafer: error: interrupted: nothing was stored"))
        #expect(try await sandbox.succeed("list-users", "-z") == "user,registry\n")
    }
}
