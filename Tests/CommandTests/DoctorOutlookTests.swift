import Foundation
import SystemPackage
import TestSupport
import Testing

/// What `doctor` says of recipes, schedules and the room of the next day.
@Suite(.timeLimit(.minutes(5))) struct DoctorOutlookTests {
    private static let fqrn = "cd.cern.ch"

    private func doctor(_ sandbox: Sandbox) async throws -> [String] {
        try await sandbox.wafer("doctor", Self.fqrn).text.split(separator: "\n").map(String.init)
    }

    private func write(_ text: String, _ sandbox: Sandbox) throws {
        let file = sandbox.path.appending("r.yaml").string
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }

    @Test func recipes() async throws {
        try await withImage(in: Self.fqrn) { sandbox, _, app in
            let head = "version: 2\nrepository: \(Self.fqrn)\n"
            let name = "recipe \(sandbox.path.appending("r.yaml"))"
            try write(head + "max-images: 5\nmax-bytes: 1G\nimages:\n  - \(app)\n", sandbox)
            try await sandbox.succeed("recipe", "apply", "r.yaml")
            var lines = try await doctor(sandbox)
            #expect(lines.contains { $0.hasPrefix("ok  \(name): 1 desiderata, read ") }, "\(lines)")
            let limits = "limits of \(name): 1 of 5 images; 0 B of 1.1 GB of layers, of 1 image not known"
            #expect(lines.contains("ok  \(limits)"), "\(lines)")
            try await sandbox.succeed("convert")
            try write(head + "max-images: 1\nimages:\n  - \(app)\n", sandbox)
            lines = try await doctor(sandbox)
            #expect(
                lines.contains { $0.hasPrefix("warning  \(name): it was changed since it was applied; to do: `wafer") }
            )
            try await sandbox.succeed("recipe", "apply", "r.yaml")
            #expect(
                try await doctor(sandbox).contains { $0.hasPrefix("warning  limits of \(name): 1 of 1 images; to do") }
            )
            try write(head + "imagse: []\n", sandbox)
            lines = try await doctor(sandbox)
            #expect(lines.contains { $0.hasPrefix("failed  \(name): it cannot be applied: 3:1: ") }, "\(lines)")
            try FileManager.default.removeItem(atPath: sandbox.path.appending("r.yaml").string)
            let gone = try await sandbox.wafer("doctor", Self.fqrn, "--format", "json")
            #expect(gone.code == 1 && gone.text.contains("since it cannot be read"), "\(gone.text)")
        }
    }

    @Test func schedules() async throws {
        try await withImage(in: Self.fqrn) { sandbox, _, app in
            try await sandbox.desire(app, in: Self.fqrn)
            var lines = try await doctor(sandbox)
            #expect(lines.contains("ok  looks: none is overdue; no wafer loop is running"), "\(lines)")
            #expect(lines.contains("ok  pruning: never done") && lines.contains("ok  garbage collection: never done"))
            let database = sandbox.path.appending("docker2cvmfs_archive.sqlite").string
            func change(_ sql: String) async throws {
                try await ExternalTool.run("sqlite3", [database, sql])
            }
            try await change("UPDATE desiderata SET added_at = '2024-01-02 03:04:05.000'")
            lines = try await doctor(sandbox)
            #expect(
                lines.contains(
                    "warning  looks: 1 desiderata to look at since 2024-01-02T03:04:05Z, and no wafer loop is running; to do: "
                        + "start `wafer loop`, or run `wafer convert`"
                ),
                "\(lines)"
            )
            try await sandbox.succeed("convert")
            try await sandbox.succeed("remove-desiderata", "1")
            #expect(try await doctor(sandbox).contains("ok  pruning: never done"))
            try await change("UPDATE unwanted_image SET since = '2024-01-02 03:04:05.000'")
            lines = try await doctor(sandbox)
            #expect(
                lines.contains {
                    $0.hasPrefix("warning  pruning: never done, and nobody wants 1 image for more than a week")
                }
            )
            try await sandbox.succeed("prune")
            lines = try await doctor(sandbox)
            #expect(lines.contains { $0.hasPrefix("ok  pruning: last done 20") }, "\(lines)")
            #expect(lines.contains { $0.hasPrefix("warning  garbage collection: never done, and what was pruned 20") })
            try await sandbox.succeed("repository", "gc", Self.fqrn)
            lines = try await doctor(sandbox)
            #expect(lines.contains { $0.hasPrefix("ok  garbage collection: last done 20") }, "\(lines)")
            try await change("UPDATE housekeeping SET trouble = 'no key' WHERE work = 'gc'")
            #expect(try await doctor(sandbox).contains { $0.hasPrefix("warning  garbage collection: at 20") })
        }
    }

    @Test func theNextDay() async throws {
        try await withImage(in: Self.fqrn) { sandbox, _, app in
            func line() async throws -> String {
                try #require(try await doctor(sandbox).first { $0.contains("  space for a day: ") })
            }
            let first = try await line()
            #expect(
                first.hasPrefix("ok  ") && first.contains(" of the disk are left; 0 B were added in the last day"),
                "\(first)"
            )
            try await sandbox.succeed("convert-image", app, Self.fqrn)
            try await sandbox.desire(app, in: Self.fqrn)
            try await sandbox.succeed("repository", "set", Self.fqrn, "--quota", "1G")
            try await sandbox.succeed("convert", "--overwrite-layers")
            let database = sandbox.path.appending("docker2cvmfs_archive.sqlite").string
            try await ExternalTool.run("sqlite3", [database, "UPDATE conversion SET bytes_stored = 300000000"])
            let warned = try await line()
            #expect(warned.hasPrefix("warning  ") && warned.contains("of the quota of 1.1 GB are left"), "\(warned)")
            #expect(warned.contains("300.0 MB were added in the last day") && warned.contains("enough for 3 days"))
            try await ExternalTool.run("sqlite3", [database, "UPDATE conversion SET bytes_stored = 3000000000"])
            let failed = try await line()
            #expect(failed.hasPrefix("failed  ") && failed.contains("enough for less than a day"), "\(failed)")
            #expect(failed.contains("to do: `wafer prune cd.cern.ch` and then `wafer repository gc cd.cern.ch`"))
            try await sandbox.succeed("repository", "set", Self.fqrn, "--quota", "1K")
            #expect(try await line().contains("0 B of the quota of 1.0 kB are left: conversions stop"))
            #expect(try await doctor(sandbox).contains { $0.hasPrefix("ok  temporary folder: ") })
        }
    }
}
