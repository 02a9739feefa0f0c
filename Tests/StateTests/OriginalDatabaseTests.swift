import Foundation
import State
import SystemPackage
import TestSupport
import Testing

/// Opening a database of the original program.
@Suite struct OriginalDatabaseTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func keepsTheSession() async throws {
        try OriginalDatabase.make(folder.database, OriginalDatabase.session)
        let report = try await StateDatabase.initialize(in: folder)
        #expect(report.before == .original)
        #expect(report.migrations.count == 15)
        #expect(report.warnings == [])
        #expect(report.setAside == [])
        #expect(report.newKeyFile == folder.key)

        let database = try await StateDatabase.open(in: folder)
        #expect(try await database.users.all() == [Samples.user("foo", at: "gitlab-registry.cern.ch")])
        let password = try await database.users.password(of: "foo", canonicalRegistry: "gitlab-registry.cern.ch")
        #expect(password.revealed == "clear-text-of-foo")
        let desideratas = try await database.wishes.desideratas()
        #expect(desideratas.map(\.id) == [7])
        #expect(desideratas.first?.input.id == 1)
        #expect(desideratas.first?.input.reference == Samples.reference("library/redis", tag: "alpine"))
        #expect(desideratas.first?.output?.reference.user == "foo")
        #expect(desideratas.first?.output?.isThin == true)
        #expect(desideratas.first?.cvmfsRepository == "cd.cern.ch")
        let history = try await database.history.conversions(of: 7)
        #expect(history.map(\.outcome) == [.imported])
        #expect(history.first?.configDigest == Samples.digest("c"))
        #expect(try await database.history.lastPublished(of: 7) == nil)
        // New rows go on after the old numbers.
        #expect(try await database.addSample("other.cern.ch").id == 8)
        #expect(try await database.setAsideRows() == [])
    }

    @Test(arguments: [
        // What was typed; what the warning says it was stored as and may have been (nil: no warning); the tag now.
        ("'3'", "3; the tag may have been 03 or 3.0", "3"),
        ("'007'", "7; the tag may have been 07 or 7.0", "7"),
        ("'3.10'", "3.1; the tag may have been 3.10", "3.1"),
        ("'3.1'", "3.1; the tag may have been 3.10", "3.1"),
        ("'4.0'", "4; the tag may have been 04 or 4.0", "4"),
        ("'latest'", nil, "latest"),
        ("'3.10-alpine'", nil, "3.10-alpine"),
        ("'1.2.3'", nil, "1.2.3"),
        ("x'6131'", nil, "a1"),
    ])
    func warnsOfTagsThatBecameNumbers(typed: String, warning: String?, tag: String) async throws {
        try OriginalDatabase.make(
            folder.database,
            "INSERT INTO image VALUES (5, NULL, 'https', 'host', 'redis', \(typed), NULL, 0);"
        )
        let report = try await StateDatabase.initialize(in: folder)
        #expect(report.warnings == (warning.map { ["image 5: stored as the number \($0)"] } ?? []))
        let images = try await StateDatabase.open(in: folder).wishes.images()
        #expect(images.map(\.reference.tag) == [tag])
        #expect(images.first?.reference.text == "https://host/redis:\(tag)")
    }

    @Test func aTagThatNoNumberCanHoldIsSetAside() async throws {
        try OriginalDatabase.make(
            folder.database,
            "INSERT INTO image VALUES (5, NULL, 'https', 'host', 'redis', '20180801123456789012', NULL, 0);"
        )
        let report = try await StateDatabase.initialize(in: folder)
        #expect(report.setAside.map(\.table) == ["image"])
        #expect(report.setAside.first?.reason.contains("not a reference") == true)
        #expect(try await StateDatabase.open(in: folder).setAsideRows() == report.setAside)
    }

    @Test func mergesDuplicates() async throws {
        try OriginalDatabase.make(
            folder.database,
            """
            INSERT INTO credential VALUES ('foo', 'out', 'p');
            INSERT INTO image VALUES
                (3, NULL, 'https', 'docker.io', 'library/redis', 'x', NULL, 0),
                (4, NULL, 'https', 'docker.io', 'library/redis', 'x', NULL, 0),
                (5, NULL, 'https', 'registry.hub.docker.com', 'library/redis', 'x', NULL, 0),
                (6, NULL, 'http', 'docker.io', 'library/redis', 'x', NULL, 0),
                (7, NULL, 'https', 'docker.io', 'library/redis', 'x', '\(Samples.digest("d"))', 0),
                (9, 'foo', 'https', 'out', 'redis', 'x', NULL, 1);
            INSERT INTO desiderata VALUES (1, 4, 9, 'a.org'), (2, 5, 9, 'a.org'), (3, 5, 9, 'b.org');
            INSERT INTO converted VALUES (1, 'sha256:c'), (2, 'sha256:c'), (2, 'sha256:d'), (3, 'sha256:c');
            """
        )
        let report = try await StateDatabase.initialize(in: folder)
        let name = "https://docker.io/library/redis:x"
        #expect(
            report.warnings == [
                "image 4 is the same as image 3 (\(name)): merged",
                "image 5 is the same as image 3 (https://\(Samples.hub)/library/redis:x): merged",
                "desiderata 2 is the same as desiderata 1: merged",
            ]
        )
        #expect(report.setAside == [])
        let database = try await StateDatabase.open(in: folder)
        #expect(try await database.wishes.images().map(\.id) == [3, 6, 7, 9])
        #expect(
            try await database.wishes.desideratas().map { [$0.id, $0.input.id, $0.output?.id] } == [
                [1, 3, 9], [3, 3, 9],
            ]
        )
        #expect(try await database.history.conversions(of: 1).map(\.configDigest) == ["sha256:d", "sha256:c"])
        #expect(try await database.history.conversions(of: 3).map(\.configDigest) == ["sha256:c"])
    }

    @Test func setsInvalidRowsAside() async throws {
        try OriginalDatabase.make(
            folder.database,
            """
            INSERT INTO image VALUES
                (1, NULL, 'https', 'host', 'redis@odd', 'x', NULL, 0),
                (2, NULL, 'https', 'host', 'redis', NULL, 'sha256:a:b', 0),
                (3, NULL, 'https', 'host', 'redis', 'good', NULL, 0),
                (4, 'gone', 'https', 'host', 'thin', 'good', NULL, 1);
            INSERT INTO desiderata VALUES (1, 1, 4, 'a.org'), (2, 3, 99, 'a.org'), (3, 3, 4, 'a.org');
            INSERT INTO converted VALUES (1, 'sha256:c'), (3, 'sha256:c'), (3, 'junk'), (NULL, 'sha256:c');
            """
        )
        let report = try await StateDatabase.initialize(in: folder)
        #expect(
            report.setAside.map { "\($0.table): \($0.reason)" } == [
                "image: https://host/redis@odd:x: not a reference",
                "image: https://host/redis@sha256:a:b: not a reference",
                "desiderata: its input image is not there or was set aside",
                "desiderata: its output image is not there or was set aside",
                "converted: its desiderata is not there or was set aside",
                "converted: it holds no digest",
                "converted: its desiderata is not there or was set aside",
            ]
        )
        #expect(
            report.setAside.first?.content
                == #"{"digest":null,"id":"1","is_thin":"0","registry":"host","repository":"redis@odd","#
                + #""scheme":"https","tag":"x","user":null}"#
        )
        let database = try await StateDatabase.open(in: folder)
        // An image may name a user that is not there.
        #expect(try await database.wishes.desideratas().map(\.output?.reference.user) == ["gone"])
        #expect(try await database.history.conversions(of: 3).count == 1)
    }

    @Test func usersOfRegistriesWithSeveralNames() async throws {
        try OriginalDatabase.make(
            folder.database,
            """
            INSERT INTO credential VALUES
                ('foo', 'docker.io', 'first'), ('foo', '\(Samples.hub)', 'second'), ('bar', 'docker.io', 'same'),
                ('bar', 'index.docker.io', 'same'), ('baz', 'https://host', 'third'), (123, 'host', '0123');
            """
        )
        let report = try await StateDatabase.initialize(in: folder)
        #expect(
            report.warnings == [
                "user baz at https://host: no image can use it, as this is not the host of a registry (a host holds no "
                    + "slash)",
                "credential 6: stored as the number 123; the user may have been 0123 or 123.0",
                "the password of 123 at host was stored as a number, which drops zeros: if its login fails, add it again",
                "bar at index.docker.io is the same as bar at docker.io: merged",
            ]
        )
        #expect(report.setAside.map(\.content) == [#"{"registry":"docker.io","user":"foo"}"#])
        #expect(report.setAside.first?.reason.contains("whose password was kept") == true)
        let database = try await StateDatabase.open(in: folder)
        #expect(try await database.users.password(of: "foo", canonicalRegistry: Samples.hub).revealed == "second")
        #expect(try await database.users.password(of: "bar", canonicalRegistry: Samples.hub).revealed == "same")
        #expect(try await database.users.password(of: "123", canonicalRegistry: "host").revealed == "123")
        #expect(try await database.users.all().map(\.name) == ["123", "baz", "bar", "foo"])
    }

    @Test func controlCharactersDoNotReachTheTerminal() async throws {
        try OriginalDatabase.make(
            folder.database,
            "INSERT INTO image VALUES (1, NULL, 'https', 'host', 'a' || char(27) || '[2J', 'x', NULL, 0);"
        )
        let report = try await StateDatabase.initialize(in: folder)
        #expect(report.setAside.first?.reason == #"https://host/a\x1b[2J:x: not a reference"#)
    }

    @Test func withoutAPlaceForTheKeyNothingChanges() async throws {
        try OriginalDatabase.make(folder.database, OriginalDatabase.session)
        let before = try Data(contentsOf: URL(filePath: folder.database.string))
        await #expect(throws: StateError.noKeyFileKnown) {
            try await StateDatabase.initialize(
                at: folder.database,
                vaultKey: nil,
                rules: Samples.rules,
                logger: Samples.logger
            )
        }
        // A key file that cannot be made: its folder is a file.
        _ = FileManager.default.createFile(atPath: folder.path.appending("config").string, contents: nil)
        let error = await #expect(throws: StateError.self) { try await StateDatabase.initialize(in: folder) }
        guard case .keyFile(folder.key, .notDirectory) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try Data(contentsOf: URL(filePath: folder.database.string)) == before)
        #expect(!folder.files.contains { $0.string.hasSuffix("-journal") && (try? Stat($0).size) != 0 })
    }
}
