import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

@Suite("Several images at the same time", .timeLimit(.minutes(10)))
struct ManyImagesTests {
    private static let endless = ConversionPass.TimeLimits(check: .seconds(3_600), conversion: .seconds(3_600))

    private func convert(
        _ fixture: ConversionFixture,
        _ wanted: [Desiderata],
        jobs: Int
    ) async throws -> [Int64: Result<ConversionResult, any Error>] {
        var outcomes: [Int64: Result<ConversionResult, any Error>] = [:]
        try await ConversionPass(fixture.converter(), jobs: jobs, limits: Self.endless).run(wanted) {
            outcomes[$0.id] = $1
        }
        return outcomes
    }

    @Test("each is whole in one revision, a layer of all is fetched once, and one that fails ends no other")
    func together() async throws {
        try await ConversionFixture.with { fixture in
            var wanted: [Desiderata] = []
            for number in 1...12 {
                try fixture.registry.addImage(
                    "app\(number)",
                    tag: "1",
                    layers: [SampleLayers.base, SampleLayers.single("number", RawBytes(Array("\(number)".utf8)))]
                )
                wanted.append(try await fixture.desire("app\(number):1", as: "thin/app\(number):1"))
            }
            let missing = try await fixture.desire("nowhere:1", as: "thin/nowhere:1")
            wanted.insert(missing, at: 4)
            fixture.registry.forgetRequests()
            let outcomes = try await convert(fixture, wanted, jobs: 6)
            #expect(outcomes.count == 13)
            for (id, outcome) in outcomes where id != missing.id {
                guard case .converted(let revision, _, _, _, _, _) = try outcome.get() else {
                    Issue.record("desiderata \(id) was not converted")
                    continue
                }
                #expect(revision <= 13)
            }
            #expect(throws: (any Error).self) { try outcomes[missing.id]?.get() }
            let alone = try fixture.registry.addImage("x", tag: "1", layers: [SampleLayers.base])
            let base = try #require(alone.manifest.layers.first)
            #expect(fixture.registry.fetchedBlobs.count { $0 == base.digest.description } == 1)
            try await fixture.expectSound()
            // And nothing is left to do.
            let again = try await convert(fixture, wanted, jobs: 6)
            for (id, outcome) in again where id != missing.id {
                guard case .upToDate = try outcome.get() else {
                    Issue.record("desiderata \(id) is not up to date")
                    continue
                }
            }
        }
    }

    @Test("a commit that fails is made alone and ends no other of its repository")
    func commits() async throws {
        try await ConversionFixture.with { fixture in
            let publisher = NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(60)))
            let results = await withTaskGroup(of: (Int, Result<CommitOutcome, any Error>).self) { group in
                for number in 0..<8 {
                    group.addTask {
                        do {
                            let outcome = try await publisher.withSession { session in
                                let path = try BytePath("file\(number)")
                                let required = number == 3 ? [try BytePath("nowhere")] : []
                                return try await session.commit([TreeEdit(path, .file([1]))], requiring: required)
                            }
                            return (number, .success(outcome))
                        } catch {
                            return (number, .failure(error))
                        }
                    }
                }
                var results: [Int: Result<CommitOutcome, any Error>] = [:]
                for await (number, result) in group { results[number] = result }
                return results
            }
            #expect(throws: ConversionError.self) { try results[3]?.get() }
            let tree = try fixture.repository.reader.tree()
            for number in 0..<8 {
                let entry = try tree.entry(at: BytePath("file\(number)"))
                #expect((entry != nil) == (number != 3))
                let outcome = try number == 3 ? nil : results[number]?.get()
                #expect(number == 3 || outcome?.isPublished == true)
            }
            try await fixture.expectSound()
        }
    }

    @Test("when each is looked at again is recorded, and what was read before a change is not believed")
    func looks() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let wanted = try await fixture.desire("app:1")
            let missing = try await fixture.desire("nowhere:1", as: "thin/nowhere:1")
            let wishes = fixture.state.wishes
            #expect(try await wishes.dueDesideratas(at: .now).count == 2)
            _ = try await convert(fixture, [wanted, missing], jobs: 2)
            #expect(try await wishes.dueDesideratas(at: .now).isEmpty)
            let next = try await wishes.desiderata(wanted.id).nextLook(at: .now)
            guard case .at(let date) = next else {
                Issue.record("\(next)")
                return
            }
            #expect((85...120).contains(date.timeIntervalSinceNow))
            fixture.registry.forgetRequests()
            _ = try await convert(fixture, [try await wishes.desiderata(wanted.id)], jobs: 2)
            #expect(fixture.registry.requests.map(\.method) == ["HEAD"])
        }
    }

    @Test("registries take turns, however many images one of them has")
    func turns() async throws {
        try await ConversionFixture.with { fixture in
            try await InMemoryRegistry.with { other in
                var wanted: [Desiderata] = []
                for number in 1...9 {
                    try fixture.registry.addImage("app", tag: "\(number)", layers: [SampleLayers.base])
                    wanted.append(try await fixture.desire("app:\(number)", as: "thin/app:\(number)"))
                }
                try other.addImage("other", tag: "1", layers: [SampleLayers.application])
                let last = try await fixture.state.wishes.addDesiderata(
                    input: StoredReference(try ImageReference(parsing: other.reference("other:1")), user: nil),
                    output: nil,
                    cvmfsRepository: ConversionFixture.fqrn,
                    at: .now
                )
                var order: [Int64] = []
                try await ConversionPass(fixture.converter(), jobs: 1, limits: Self.endless).run(wanted + [last]) {
                    _ = try $1.get()
                    order.append($0.id)
                }
                #expect(order.count == 10)
                #expect(try #require(order.firstIndex(of: last.id)) <= 2, "\(order)")
            }
        }
    }
}
