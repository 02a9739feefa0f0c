import Foundation
import OCI
import Registry
import TestSupport
import Testing

/// Archives whose members lead in circles, out of the archive, or nowhere.
@Suite(.timeLimit(.minutes(5))) struct HostileArchiveTests {
    @Test func circlesAndStrangers() async throws {
        try await LocalImageFixture.withFolder { folder, client in
            func expect(_ text: String, _ build: (inout TarBuilder) -> Void) async throws {
                try Data(TarBuilder.archive(build)).write(to: URL(filePath: "\(folder)/a.tar"))
                let error = await #expect(throws: RegistryError.self) {
                    try await client.open(
                        ImageSource(parsing: "docker-archive:\(folder)/a.tar", folder: "/"),
                        credentials: nil
                    )
                }
                #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
            }
            try await expect("circle of links") { $0.symlink("manifest.json", to: "manifest.json") }
            try await expect("no manifest.json") { $0.file("x", "y") }
            try await expect("which is not in it") {
                $0.file("manifest.json", #"[{"Config":"../../etc/passwd","Layers":[]}]"#)
            }
            try await expect("2 layers, but the configuration 1") {
                $0.file("c", RawBytes(LocalImageFixture.configuration))
                $0.file("l", RawBytes(LocalImageFixture.layer))
                $0.file("manifest.json", #"[{"Config":"c","Layers":["l","l"]}]"#)
            }
            try await expect("not a tar archive") { $0.raw(Fixture.bytes(2048)) }
            let pipe = await #expect(throws: RegistryError.self) {
                try await client.open(ImageSource(parsing: "docker-archive:/dev/null", folder: "/"), credentials: nil)
            }
            #expect(pipe?.description.contains("not a regular file") == true)
        }
    }
}
