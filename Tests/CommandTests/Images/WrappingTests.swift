import TestSupport
import Testing

/// Reports on a terminal and elsewhere.
@Suite struct WrappingTests {
    private static let fqrn = "cd.cern.ch"
    private static let long = "group/" + String(repeating: "long", count: 25)

    private func withImage(_ body: (Sandbox, InMemoryRegistry, String) async throws -> Void) async throws {
        try await InMemoryRegistry.with { registry in
            try await withRepository(Self.fqrn) { sandbox in
                try registry.addImage(Self.long, tag: "1", layers: [Layers.base, Layers.application])
                let name = registry.reference("\(Self.long):1")
                try await sandbox.succeed("add-desiderata", "-i", name, "-r", Self.fqrn)
                try await body(sandbox, registry, name)
            }
        }
    }

    @Test func pathsAreNotBroken() async throws {
        try await withImage { sandbox, registry, name in
            let path = "/cvmfs/\(Self.fqrn)/\(registry.host)/\(Self.long):1"
            for report in [["status", "1"], ["inspect", name, "-r", Self.fqrn], ["repository", "info", Self.fqrn]] {
                let piped = try await sandbox.wafer(report)
                #expect(
                    piped.code == 0
                        && !piped.text.split(separator: "\n").contains {
                            $0.hasPrefix("     ") && !$0.contains("sha256")
                        }
                )
                guard report[0] != "repository" else { continue }
                #expect(piped.text.contains(" \(name)\n"))
                #expect(try piped.text.contains(Regex("\nTree +\(path)\n")), "\(piped.text)")
                let shown = try await sandbox.shown(report)
                #expect(shown.contains("\n  \(name)\n") || shown.hasPrefix("Name\n  \(name)\n"), "\(shown)")
                #expect(shown.contains("\nTree\n  \(path)\n"), "\(shown)")
            }
        }
    }

    @Test func textIsWrappedOnATerminalOnly() async throws {
        try await withImage { sandbox, registry, name in
            let piped = try await sandbox.succeed("inspect", name)
            #expect(piped.contains(#/\n    1  sha256:[0-9a-f]{64}  /#))
            let shown = try await sandbox.shown(["inspect", name])
            #expect(shown.contains(#/\n    1  sha256:[0-9a-f]{12}  /#), "\(shown)")
        }
    }

    @Test func errorsOfAConversionAreWholeInAPipe() async throws {
        try await withImage { sandbox, registry, _ in
            try await sandbox.succeed("set-desiderata", "1", "--platform", "linux/s390x")
            let image = try registry.addImage(Self.long, tag: nil, layers: [Layers.base])
            _ = try registry.addIndex(Self.long, tag: "1", images: [image])
            #expect(try await sandbox.wafer("convert").code == 3)
            let piped = try await sandbox.succeed("status", "1")
            #expect(piped.contains(/\nLast Error +cannot fetch .*set-desiderata 1 --platform.*\n/), "\(piped)")
            let shown = try await sandbox.shown(["status", "1"])
            #expect(shown.contains(/\nLast Error .*\n {10,}/), "\(shown)")
            // What a later conversion made good is history.
            try registry.addImage(Self.long, tag: "1", layers: [Layers.base, Layers.application])
            try await sandbox.succeed("set-desiderata", "1", "--platform", "amd64")
            try await sandbox.succeed("convert")
            #expect(try await !sandbox.succeed("status", "1").contains("Last Error"))
            let json = try await sandbox.succeed("status", "1", "--format", "json")
            #expect(json.contains("\"last_error\" : null") && json.contains("\"last_error_at\" : null"))
        }
    }
}
