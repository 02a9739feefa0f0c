import SystemPackage
import Testing

@Suite struct ImageSyntaxTests {
    @Test func showsWhatWasUnderstood() async throws {
        let sandbox = try Sandbox()
        #expect(
            try await sandbox.succeed("check-image-syntax", "docker.io/redis:4") == """
                +---------------------+-----------------------------------+
                |         KEY         |               VALUE               |
                +---------------------+-----------------------------------+
                | Name                | https://docker.io/library/redis:4 |
                | User                |                                   |
                | Scheme              | https                             |
                | Registry            | docker.io                         |
                | Repository          | library/redis                     |
                | Tag                 | 4                                 |
                | Digest              |                                   |
                | IsThin              | false                             |
                | Identity            | docker.io/library/redis:4         |
                | Host of Credentials | docker.io                         |
                | Host of API         | registry-1.docker.io              |
                | Host in Paths       | registry.hub.docker.com           |
                | Fetched By          | 4                                 |
                +---------------------+-----------------------------------+

                """
        )
    }

    @Test func printsTheDocumentsCSV() async throws {
        let sandbox = try Sandbox()
        let digest = "sha256:" + String(repeating: "2a", count: 32)
        #expect(
            try await sandbox.succeed("check-image-syntax", "-z", "http://r.org:5000/a/b:1.0@\(digest)") == """
                name,user,scheme,registry,repository,tag,digest,is_thin
                http://r.org:5000/a/b:1.0@\(digest),,http,r.org:5000,a/b,1.0,\(digest),false

                """
        )
    }

    @Test func needsNoDatabaseAndNamesThePartThatIsWrong() async throws {
        let sandbox = try Sandbox()
        let outcome = try await sandbox.wafer("check-image-syntax", "https://r.org/UPPER:1")
        #expect(outcome.code == 1)
        #expect(outcome.errors.hasPrefix("wafer: error: repository \"UPPER\" must"))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test func printsJSONWithSortedNames() async throws {
        let sandbox = try Sandbox()
        let text = try await sandbox.succeed("check-image-syntax", "--format", "json", "redis")
        #expect(text.contains("\"identity\" : \"docker.io/library/redis:latest\""))
        let names = text.split(separator: "\n").compactMap { $0.firstMatch(of: /^ +"([a-z_]+)"/)?.output.1 }
        #expect(names == names.sorted())
    }

    @Test func tellsWhetherAnImageIsInTheDatabase() async throws {
        let sandbox = try Sandbox()
        try await OriginalDatabase.write(to: sandbox.path.appending("docker2cvmfs_archive.sqlite"))
        try await sandbox.succeed("init")
        #expect(try await sandbox.succeed("image-in-database", "redis:4") == "1\n")
        #expect(try await sandbox.succeed("image-in-database", "redis:5") == "0\n")
        // Whoever logs in for it.
        let thin = "gitlab-registry.cern.ch/smosciat/containerd/thin/redis:4"
        #expect(try await sandbox.succeed("image-in-database", thin) == "1\n")
        #expect(
            try await sandbox.succeed("list-images", "-z") == """
                name,user,scheme,registry,repository,tag,digest,is_thin
                https://registry.hub.docker.com/library/redis:4,,https,registry.hub.docker.com,library/redis,4,,false
                https://\(thin),smosciat,https,gitlab-registry.cern.ch,smosciat/containerd/thin/redis,4,,true

                """
        )
    }
}
