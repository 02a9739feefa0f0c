import OCI
import Testing

@Suite struct ImageSourceTests {
    /// What is typed below `/work`, and what it means.
    @Test(
        arguments: [
            ("oci:images", "oci:/work/images"), ("oci:/srv/./a//b/../c/:1", "oci:/srv/a/c:1"),
            ("oci:../../../x:docker.io/library/app:1@2", "oci:/x:docker.io/library/app:1@2"),
            ("docker-archive:a b.tar:app", "docker-archive:/work/a b.tar:app"),
            ("docker-archive:/a.tar:quay.io/x/app:1", "docker-archive:/a.tar:quay.io/x/app:1"),
            ("oci-archive:a.tar:1", "oci-archive:/work/a.tar:1"), ("oci-archive:/a.tar", "oci-archive:/a.tar"),
            ("dir:images/./x", "dir:/work/images/x"), ("dir:/a:b", "dir:/a:b"),
            ("docker:27", "https://registry.hub.docker.com/library/docker:27"),
            ("redis:4", "https://registry.hub.docker.com/library/redis:4"),
            ("oci/app:1", "https://registry.hub.docker.com/oci/app:1"),
        ]
    )
    func reads(text: String, name: String) throws {
        let source = try ImageSource(parsing: text, folder: "/work")
        #expect(source.description == name)
        #expect(try ImageSource(parsing: name, folder: "/elsewhere") == source || name.hasPrefix("https"))
    }

    @Test(
        arguments: [
            "oci:", "oci::1", "oci:/", "oci:..", "oci://host/app:1", "oci:/a:", "oci:/a:x y", "oci:/a:x%2Fy",
            "oci:/a\n:1",
            "docker-archive:/a.tar:UPPER:1:2", "oci:/srv/.cvmfscatalog/x", "oci:/" + String(repeating: "n", count: 256),
            "docker-archive:/a.tar:user:word@host/x", "dir:", "dir:///x", "oci-archive:/a.tar:x y",
        ]
    )
    func refuses(text: String) {
        let error = #expect(throws: OCIError.self) { try ImageSource(parsing: text, folder: "/") }
        #expect(error?.description.contains("\n") == false)
    }

    @Test(
        arguments: [
            ("docker://quay.io/x/y:1", "write it without \"docker://\""),
            ("docker-daemon:app:1", "`docker save -o FILE IMAGE`"),
            ("containers-storage:localhost/app", "`podman save --format oci-archive -o FILE IMAGE`"),
        ]
    )
    func imagesOfOtherProgramsAreAskedForOtherwise(text: String, words: String) {
        let error = #expect(throws: OCIError.self) { try ImageSource(parsing: text, folder: "/") }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func namesArePathsThatCannotLeaveTheirFolder() throws {
        let source = try #require(try LocalImageName(parsing: "oci:/srv/a:x/../y", folder: "/"))
        #expect(source.metadataComponents == ["oci", "srv", "a:x%2F..%2Fy"])
    }
}
