import State
import SystemPackage
import TestSupport
import Testing

/// How root file systems are made in a repository.
@Suite struct TreeSettingsTests {
    @Test(arguments: [
        (TreeSettings.standardNames, "r.org:5000/library/redis:4"), ("{repository}:{reference}", "library/redis:4"),
        ("images/{registry}/{repository}/{reference}", "images/r.org:5000/library/redis/4"),
        ("{reference} of {repository}", "4 of library/redis"),
        ("{repository}/{repository}:{reference}", "library/redis/library/redis:4"),
        ("bücher/.{registry}/{repository}-{reference}", "bücher/.r.org:5000/library/redis-4"),
    ])
    func namesOfImages(template: String, path: String) throws {
        let names = try NameTemplate(checking: template)
        #expect(names.text == template && names.description == template)
        #expect(names.expand(registry: "r.org:5000", repository: "library/redis", reference: "4") == path)
    }

    @Test func theStandardIsWhatItSays() throws {
        #expect(try NameTemplate(checking: TreeSettings.standardNames) == .standard)
        #expect(TreeSettings().names == NameTemplate.standard.text)
    }

    @Test(arguments: [
        ("", "{repository} and {reference} must be in it"),
        ("{repository}", "{repository} and {reference} must be in it"),
        ("{registry}:{reference}", "must be in it"), ("{repository}:{tag}", "there is no {tag}, only"),
        ("{repository}:{reference}:{}", "there is no {}, only"),
        ("{Repository}:{reference}", "there is no {Repository}"),
        ("{repository}:{reference", "a brace has no other"), ("{repository}:{reference}}", "a brace has no other"),
        ("{{repository}:{reference}", "there is no {{repository}"), ("/{repository}:{reference}", "may be empty"),
        ("{repository}:{reference}/", "may be empty"), ("a//{repository}:{reference}", "may be empty"),
        ("a/../{repository}:{reference}", "may be empty"), ("./{repository}:{reference}", "may be empty"),
        ("a/\u{301}/../{repository}:{reference}", "may be empty"), (".flat/{repository}:{reference}", "a dot"),
        (".{repository}:{reference}", "a dot"), ("podmanStore/{repository}:{reference}", "and podmanStore"),
        ("{repository}/{reference}/.cvmfscatalog", "mean something to clients"),
        ("{repository}:{reference}\n", "control characters"), ("{repository}\0:{reference}", "control characters"),
        ("{repository}:{reference}\u{202E}", "control characters"),
        ("{repository}:{reference}" + String(repeating: "x", count: 255), "longer than 255 bytes"),
    ])
    func namesThatCannotBe(template: String, reason: String) throws {
        let error = #expect(throws: StateError.self) { try NameTemplate(checking: template) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test func mountPointsAreNormalised() throws {
        #expect(
            try MountPoints.checked(["/srv2", "//srv2/", "/a//b/", "/cvmfs", "/.x", "/a\u{308}", "/ä", "/x y"])
                == ["/srv2", "/a/b", "/cvmfs", "/.x", "/a\u{308}", "/ä", "/x y"]
        )
        #expect(try MountPoints.checked((1...64).map { "/\($0)" }).count == 64)
        #expect(try MountPoints.checked(["/" + String(repeating: "ä", count: 127)]).count == 1)
    }

    @Test(arguments: [
        (["srv2"], "an absolute path"), ([""], "an absolute path"), (["/"], "the root"), (["//"], "the root"),
        (["/a/../b"], "no names"), (["/./b"], "no names"), (["/a/\u{301}../.."], "no names"),
        (["/a\nb"], "control characters"), (["/a\0b"], "control characters"), (["/a/.cvmfscatalog"], "to clients"),
        (["/ok", "/" + String(repeating: "ä", count: 128)], "255 bytes"),
        ([String](repeating: "", count: 65).indices.map { "/\($0)" }, "65 mount points"),
    ])
    func mountPointsThatCannotBe(paths: [String], reason: String) throws {
        let error = #expect(throws: StateError.self) { try MountPoints.checked(paths) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    private static let registration = RepositoryRegistration(
        fqrn: "a.org",
        location: "/srv",
        keys: "/keys",
        compression: "zlib"
    )

    @Test func areStoredWhereTheyAreNoDefaults() async throws {
        let folder = try TemporaryFolder()
        let database = try await StateDatabase.make(in: folder)
        try await database.registrations.addRepository(Self.registration)
        let columns = "SELECT tree_names, tree_modes, mount_points, keeps_setuid FROM repository"
        #expect(try RawDatabase(folder.database).rows(columns) == [[nil, nil, nil, nil]])
        let changed = Self.registration.with {
            $0.trees = TreeSettings(
                names: "{repository}:{reference}",
                modes: .exact,
                mountPoints: ["/b", "/a b/c"],
                keepsSetuid: false
            )
        }
        try await database.registrations.replaceRepository(changed)
        #expect(try await database.registrations.repository("a.org") == changed)
        #expect(
            try RawDatabase(folder.database).rows(columns) == [
                ["{repository}:{reference}", "exact", "/b\n/a b/c", "0"]
            ]
        )
        for trees in [TreeSettings(names: "{repository}"), TreeSettings(mountPoints: ["a"])] {
            let wrong = Self.registration.with { $0.trees = trees }
            await #expect(throws: StateError.self) { try await database.registrations.replaceRepository(wrong) }
        }
        #expect(try await database.registrations.repositories() == [changed])
    }

    @Test(arguments: [
        ("tree_names = '{repository}:{reference}{platform}'", "names of images"),
        ("tree_modes = 'odd'", "modes of trees"),
        ("mount_points = 'relative'", "mount points"),
    ])
    func whatANewerVersionWrote(change: String, what: String) async throws {
        let folder = try TemporaryFolder()
        let database = try await StateDatabase.make(in: folder)
        try await database.registrations.addRepository(Self.registration)
        try RawDatabase.run(folder.database, "UPDATE repository SET \(change)")
        let error = await #expect(throws: StateError.self) { try await database.registrations.repository("a.org") }
        let text = try #require(error).description
        #expect(text.hasPrefix("repository a.org has \(what) that this version does not know ("), "\(text)")
        #expect(text.hasSuffix("): use a newer version of Wafer"), "\(text)")
    }
}
