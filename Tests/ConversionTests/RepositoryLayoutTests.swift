import Conversion
import OCI
import Plumbing
import Testing

@Suite("Repository layout")
struct RepositoryLayoutTests {
    @Test(
        "where an image's metadata lies",
        arguments: [
            ("redis:4", ".metadata/registry.hub.docker.com/library/redis:4"),
            ("docker.io/minio/minio", ".metadata/registry.hub.docker.com/minio/minio:latest"),
            ("https://gitlab-registry.cern.ch/a/b/c:1.2", ".metadata/gitlab-registry.cern.ch/a/b/c:1.2"),
            ("oci:/srv/images:x/y", ".metadata/oci/srv/images:x%2Fy"),
            ("docker-archive:/srv/a.tar", ".metadata/docker-archive/srv/a.tar"),
            ("http://localhost:5000/x:1", ".metadata/localhost:5000/x:1"),
            (
                "redis:4@sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                ".metadata/registry.hub.docker.com/library/"
                    + "redis@sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            ),
        ]
    )
    func image(name: String, path: String) throws {
        #expect(RepositoryLayout.image(try ImageSource(parsing: name, folder: "/")).description == path)
    }

    @Test("layers lie under the first two digits of their digest")
    func layer() throws {
        let digest = try Digest.sha256(of: Array("abc".utf8))
        let folder = ".layers/ba/\(digest.hex)"
        #expect(RepositoryLayout.layerRoot(digest).description == "\(folder)/layerfs")
        #expect(RepositoryLayout.layerRecord(digest).description == "\(folder)/.metadata/layer.json")
    }

    @Test(
        "what gets a catalog of its own",
        arguments: [
            (".layers/ba/ba78/layerfs", [".layers", ".layers/ba"]),
            (".metadata/r/x:1/manifest.json", [".metadata", ".metadata/r"]),
            (".metadata/r/a/b:1/manifest.json", [".metadata", ".metadata/r", ".metadata/r/a"]),
            ("elsewhere/file", []),
        ]
    )
    func nested(path: String, expected: [String]) throws {
        let directories = RepositoryLayout.nestedDirectories(above: try BytePath(path))
        #expect(directories.map(\.description) == expected)
    }
}
