import Conversion
import Foundation
import OCI
import State
import SystemPackage
import Testing

/// Images that podman would know by one name in one repository, where one of them is a file.
@Suite struct TakenPodmanNameTests {
    private func add(
        _ name: String,
        _ formats: OutputFormats = [.layers, .podman],
        to state: StateDatabase
    ) async throws -> Desiderata {
        try await state.wishes.addDesiderata(
            input: StoredReference(try ImageSource(parsing: name, folder: "/"), user: nil),
            output: nil,
            cvmfsRepository: ConversionFixture.fqrn,
            formats: formats,
            at: Date()
        )
    }

    private func expectTaken(
        by id: Int64,
        other: Int64? = nil,
        _ word: String = "podman",
        _ body: () async throws -> Desiderata
    ) async {
        await #expect {
            try await body()
        } throws: { error in
            guard case .nameTaken(let name) = error as? StateError, name.owner == id else { return false }
            return name.claimant == other.map { .desiderata($0) } ?? .added && "\(error)".contains(word)
                && "\(error)".contains("`wafer set-desiderata")
        }
    }

    private func expectAdded(_ id: Int64, _ body: () async throws -> Desiderata) async throws {
        let added = try await body()
        #expect(added.id == id)
    }

    @Test(arguments: [
        ("oci:/a:3", "oci:/b:3"), ("oci:/a:3", "oci-archive:/c.tar:3"), ("oci:/a:example.org/x:1", "example.org/x:1"),
        ("docker-archive:/a.tar:redis:4", "redis:4"), ("redis:4", "docker-archive:/a.tar:docker.io/library/redis:4"),
    ])
    func imagesOfFiles(first: String, second: String) async throws {
        try await ConversionFixture.with { fixture in
            try await expectAdded(1) { try await add(first, to: fixture.state) }
            await expectTaken(by: 1) { try await add(second, to: fixture.state) }
            // Without the name of podman's both may be there, until one is given it.
            try await expectAdded(2) { try await add(second, [.layers, .flat], to: fixture.state) }
            await expectTaken(by: 1, other: 2) {
                try await fixture.state.wishes.setDesiderata(2, formats: [.layers, .podman], at: Date())
            }
        }
    }

    @Test func whatPodmanTellsApart() async throws {
        try await ConversionFixture.with { fixture in
            let names = [
                "oci:/a:3", "oci:/a:4", "oci-archive:/a:5", "docker-archive:/a.tar:redis:4",
                "docker-archive:/a.tar:redis:5",
                "quay.io/library/redis:4", "dir:/x", "dir:/y", "oci:/x", "oci:/y", "[::1]:5000/a:3",
            ]
            for (index, name) in names.enumerated() {
                try await expectAdded(Int64(index + 1)) { try await add(name, to: fixture.state) }
            }
        }
    }

    @Test func namesOfTreesAreThoseOfFiles() async throws {
        try await ConversionFixture.with { fixture in
            let template = RepositoryRegistration(
                fqrn: ConversionFixture.fqrn,
                location: "/s",
                keys: "/k",
                compression: "zlib"
            )
            var registration = template
            registration.trees.names = "{repository}:{reference}"
            try await fixture.state.registrations.replaceRepository(registration)
            try await expectAdded(1) { try await add("oci:/library/redis:4", [.layers, .flat], to: fixture.state) }
            await expectTaken(by: 1, "flat") { try await add("redis:4", [.layers, .flat], to: fixture.state) }
            await expectTaken(by: 1, "flat") {
                try await add("oci-archive:/library/redis:4", [.layers, .flat], to: fixture.state)
            }
        }
    }
}
