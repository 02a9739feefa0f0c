import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// A repository of `cvmfs_server` that belongs to another user, with stand-ins for `cvmfs_server` and for `sudo`.
@Suite(.timeLimit(.minutes(5))) struct OtherUserTests {
    private static let fqrn = "cd.cern.ch"

    private struct Machine {
        let sandbox: Sandbox
        let server: StandInServer
        /// Runs what follows as somebody without rights, where this process has all.
        let prefix: String

        var refusal: FilePath { sandbox.path.appending("sudo-refuses") }

        /// A shell script whose `wafer` is this user's, with the stand-in for sudo before all others in the PATH.
        func run(_ script: String, path: String = "$PWD/bin:$PATH") async throws -> Sandbox.Outcome {
            try await sandbox.shell(
                """
                cat > run.sh <<'END'
                PATH="\(path)"; CVMFS_SERVER='\(server.program)'; export PATH CVMFS_SERVER
                \(script)
                END
                \(prefix) sh run.sh
                """
            )
        }

        func sudoCalls() throws -> [String] {
            try String(contentsOfFile: sandbox.path.appending("sudo-calls").string, encoding: .utf8)
                .split(separator: "\n").map(String.init)
        }
    }

    /// Whether somebody without rights may run the program that was built.
    private static let canRun: Bool = {
        guard geteuid() == 0 else { return true }
        var folder = Sandbox.program.removingLastComponent()
        while true {
            var status = stat()
            guard stat(folder.string, &status) == 0, status.st_mode & 0o001 != 0 else { return false }
            guard folder.removeLastComponent() else { return true }
        }
    }()

    private func machine(isLocal: Bool = false) async throws -> Machine {
        let sandbox = try Sandbox()
        let server = try await StandInServer(
            in: sandbox.path,
            fqrn: Self.fqrn,
            upstream: isLocal
                ? "local,\(sandbox.path)/srv/data/txn,\(sandbox.path)/srv" : "S3,/tmp,x@/etc/cvmfs/s3.conf",
            owner: geteuid() == 0 ? "daemon" : "root"
        )
        let prefix = geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : ""
        let machine = Machine(sandbox: sandbox, server: server, prefix: prefix)
        let sudo = """
            #!/bin/sh
            # A stand-in for sudo: notes its arguments, and runs the command as the user who calls it.
            printf '%s\\n' "$*" >> '\(sandbox.path)/sudo-calls'
            if [ -e '\(machine.refusal)' ]; then echo 'sudo: a password is required' >&2; exit 1; fi
            while [ "$1" != -- ]; do shift; done
            shift
            exec "$@"
            """
        let script = """
            mkdir bin keys t && cat > bin/sudo <<'END' && chmod 755 bin/sudo && echo a > t/a && tar -cf t.tar -C t . && \
            touch keys/\(Self.fqrn).pub
            \(sudo)
            END
            [ "$(id -u)" != 0 ] || chown -R 65534:65534 .
            """
        let made = try await sandbox.shell(script)
        try #require(made.code == 0, "\(made.errors)")
        return machine
    }

    @Test(.enabled(if: canRun, "another user may not run the program that was built"))
    func publishesBySudo() async throws {
        let machine = try await machine()
        let owner = geteuid() == 0 ? "daemon" : "root"
        let etc = machine.server.configurations
        let attached = try await machine.run(
            "\"$wafer\" init && \"$wafer\" repository attach \(Self.fqrn) --config-dir '\(etc)' --keys keys"
        )
        try #require(attached.code == 0, "\(attached.errors)")
        let ingested = try await machine.run("\"$wafer\" repository ingest \(Self.fqrn) /tool t.tar")
        #expect(ingested.code == 0, "\(ingested.errors)")
        let start = "-n -u \(owner) -- \(machine.server.program)"
        #expect(try machine.sudoCalls().allSatisfy { $0.hasPrefix(start) })
        #expect(try machine.sudoCalls().last == "\(start) ingest -k -t - -b / \(Self.fqrn)")
        // What is Wafer's own lies where this user may write.
        #expect(!FileManager.default.fileExists(atPath: machine.server.workspace.string))
        let workspace = machine.sandbox.path.appending(".local/state/wafer").appending(Self.fqrn)
        #expect(FileManager.default.fileExists(atPath: workspace.string))
        let doctor = try await machine.run("\"$wafer\" doctor \(Self.fqrn)")
        #expect(doctor.text.contains("ok  cvmfs_server: version 2.12.0-standin"), "\(doctor.text)\(doctor.errors)")
    }

    @Test(.enabled(if: canRun, "another user may not run the program that was built"))
    func leavesAnotherUsersStorageToTheServer() async throws {
        let machine = try await machine(isLocal: true)
        let owner = geteuid() == 0 ? "daemon" : "root"
        let attach =
            "\"$wafer\" repository attach \(Self.fqrn) --config-dir '\(machine.server.configurations)' --keys keys"
        let made = "\"$wafer\" init && \"$wafer\" repository create \(Self.fqrn) --storage srv --keys keys"
        let native = try await machine.run("rm keys/* && \(made) && \(attach) --publisher native")
        #expect(native.code == 1 && native.errors.contains("run it as \(owner)"), "\(native.errors)")
        let attached = try await machine.run(attach)
        #expect(attached.code == 0, "\(attached.errors)")
        let reason =
            "publisher: cvmfs_server, since Wafer itself cannot write it: \(Self.fqrn) belongs to the user \(owner)"
        #expect(attached.text.contains(reason), "\(attached.text)")
        let list = try await machine.run("\"$wafer\" repository list -z")
        #expect(list.text.contains(",cvmfs_server,") && list.text.contains("/srv,"), "\(list.text)")
    }

    @Test(.enabled(if: canRun, "another user may not run the program that was built"))
    func saysWhatSudoersNeed() async throws {
        let machine = try await machine()
        let etc = machine.server.configurations
        try Data().write(to: URL(filePath: machine.refusal.string))
        let attach = "\"$wafer\" init; \"$wafer\" repository attach \(Self.fqrn) --config-dir '\(etc)' --keys keys"
        let refused = try await machine.run(attach)
        #expect(refused.code == 1)
        #expect(
            refused.errors.contains(" NOPASSWD: /usr/bin/cvmfs_server, /usr/bin/tar, /usr/bin/rm, /usr/bin/rmdir`"),
            "\(refused.errors)"
        )
        #expect(try machine.server.calls() == [])
        let absent = try await machine.run(attach, path: "$PWD/none")
        #expect(absent.code == 1)
        #expect(absent.errors.contains("sudo is not installed here: install it, or run Wafer as"), "\(absent.errors)")
    }
}
