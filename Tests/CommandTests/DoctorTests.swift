import Foundation
import SystemPackage
import Testing

/// What is found at a repository that Wafer writes itself.
@Suite(.timeLimit(.minutes(5))) struct DoctorTests {
    private static let fqrn = "cd.cern.ch"

    private func withRepository(_ body: (Sandbox) async throws -> Void) async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
        try await body(sandbox)
    }

    @Test func allIsWell() async throws {
        try await withRepository { sandbox in
            let text = try await sandbox.succeed("doctor", Self.fqrn)
            for line in [
                "ok  repository: revision 1, published by native, ", "ok  keys: in ", "ok  whitelist: until 2",
                "  space in storage: ", "ok  desideratas: there are none",
            ] {
                #expect(text.contains(line), "\(line): \(text)")
            }
            let json = try await sandbox.succeed("doctor", Self.fqrn, "--format", "json")
            #expect(json.contains(/"healthy" ?: ?true/), "\(json)")
        }
    }

    @Test func whatIsMissingIsNamed() async throws {
        try await withRepository { sandbox in
            let key = sandbox.path.appending(".config/wafer/keys/\(Self.fqrn).key").string
            try FileManager.default.removeItem(atPath: key)
            let outcome = try await sandbox.wafer("doctor", Self.fqrn)
            #expect(outcome.code == 1)
            #expect(outcome.text.contains("failed  keys: missing: \(key)"), "\(outcome.text)")
            let json = try await sandbox.wafer("doctor", Self.fqrn, "--format", "json")
            #expect(json.code == 1 && json.text.contains(/"healthy" ?: ?false/), "\(json.text)")
        }
    }

    @Test(.enabled("mounting is not allowed here", MountNamespace.isAllowed)) func littleSpaceIsSaid() async throws {
        let script = """
            set -e
            mkdir disk && mount -t tmpfs -o size=1g none disk
            "$wafer" init >log
            "$wafer" repository create \(Self.fqrn) --storage disk/srv >log
            "$wafer" doctor \(Self.fqrn)
            mount -o remount,size=100m disk
            "$wafer" doctor \(Self.fqrn) || echo status $?
            """
        let sandbox = try Sandbox()
        try script.write(toFile: sandbox.path.appending("script").string, atomically: false, encoding: .utf8)
        let outcome = try await sandbox.shell("unshare --map-root-user --mount sh script")
        let lines = outcome.text.split(separator: "\n").filter { $0.contains(/space in storage|^status/) }
        try #require(lines.count == 3, "\(outcome.text)\(outcome.errors)")
        #expect(lines[0].hasPrefix("warning  space in storage: ") && lines[0].contains("large layers may not fit"))
        #expect(lines[1].hasPrefix("failed  space in storage: ") && lines[1].hasSuffix("make room there"), "\(lines)")
        #expect(lines[2] == "status 1")
    }
}
