import Conversion
import OCI
import Plumbing
import Testing

@Suite("Repository layout")
struct RepositoryLayoutTests {
    @Test(
        "where an image's metadata lies",
        arguments: [
            ("redis:4", "c/a/registry.hub.docker.com/library/redis:4"),
            ("docker.io/minio/minio", "a/0/registry.hub.docker.com/minio/minio:latest"),
            ("https://gitlab-registry.cern.ch/a/b/c:1.2", "6/e/gitlab-registry.cern.ch/a/b/c:1.2"),
            ("oci:/srv/images:x/y", "c/f/oci/srv/images:x%2Fy"),
            ("docker-archive:/srv/a.tar", "5/0/docker-archive/srv/a.tar"),
            ("http://localhost:5000/x:1", "c/4/localhost:5000/x:1"),
            (
                "redis:4@sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "4/d/registry.hub.docker.com/library/"
                    + "redis@sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            ),
        ]
    )
    func image(name: String, path: String) throws {
        let source = try ImageSource(parsing: name, folder: "/")
        #expect(try RepositoryLayout.image(source).description == ".metadata/.images/\(path)")
        // The digits and slashes of the fan-out are not there.
        let former = try RepositoryLayout.manifests(of: source).last
        #expect(former?.description == ".metadata/\(path.dropFirst(4))/manifest.json")
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
            (".layers/ba/ba78/layerfs", [".layers", ".layers/ba"]), (".flat/ba/ba78", [".flat", ".flat/ba"]),
            (".metadata/.flat/ba/ba78.json", [".metadata", ".metadata/.flat", ".metadata/.flat/ba"]),
            ("podmanStore/names/ab/r/x:1", ["podmanStore", "podmanStore/names", "podmanStore/names/ab"]),
            (
                ".metadata/.images/a/b/r/x:1/manifest.json",
                [".metadata", ".metadata/.images/a", ".metadata/.images/a/b"]
            ),
            // Where earlier versions wrote, which is only read.
            (".metadata/r/a/b:1/manifest.json", []),
            ("elsewhere/file", []),
        ]
    )
    func nested(path: String, expected: [String]) throws {
        let directories = RepositoryLayout.nestedDirectories(above: try BytePath(path))
        #expect(directories.map(\.description) == expected)
    }
}
