import CVMFS
import Conversion
import Foundation
import Logging
import OCI
import Registry
import State
import Synchronization
import TestSupport
import Testing

/// The hanging registry answers, or goes away, only once everything else is done: nothing here depends on time.
@Suite("Registries that hang hold up nobody else", .timeLimit(.minutes(10)))
struct HangingRegistryTests {
    /// Others hardly wait.
    private static let limits = ConversionPass.TimeLimits(check: .milliseconds(20), conversion: .milliseconds(20))

    private func desire(
        _ fixture: ConversionFixture,
        _ input: String,
        _ output: String
    ) async throws -> Desiderata {
        try await fixture.state.wishes.addDesiderata(
            input: StoredReference(try ImageReference(parsing: input), user: nil),
            output: StoredReference(try ImageReference(parsing: output), user: nil),
            cvmfsRepository: ConversionFixture.fqrn,
            at: Date()
        )
    }

    /// Images of the fixture's registry that are to be converted.
    private func good(_ fixture: ConversionFixture, _ count: Int) async throws -> [Desiderata] {
        var wanted: [Desiderata] = []
        for number in 1...count {
            try fixture.registry.addImage("good", tag: "\(number)", layers: [SampleLayers.base])
            wanted.append(try await fixture.desire("good:\(number)", as: "thin/good:\(number)"))
        }
        return wanted
    }

    /// Makes it look as if an image had been converted: then a check asks its registry.
    private func recordConversion(_ fixture: ConversionFixture, _ desiderata: Desiderata) async throws {
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let conversion = try await fixture.state.history.startConversion(of: desiderata.id, at: Date())
        let input = ConversionInput(
            referenceDigest: digest,
            manifestDigest: digest,
            platform: Platform.linuxAMD64.description,
            configDigest: digest
        )
        try await fixture.state.history.recordInput(input, conversion: conversion)
        try await fixture.state.history.recordPublished(revision: 2, conversion: conversion, at: Date())
        try await fixture.state.history.recordPushed(thinDigest: digest, conversion: conversion, at: Date())
        try await fixture.state.history.finishConversion(conversion, at: Date())
    }

    /// Runs a pass, and `release` once all of `good` are converted. What became of each, in the order of their end.
    private func run(
        _ fixture: ConversionFixture,
        _ wanted: [Desiderata],
        good: [Desiderata],
        _ release: () async throws -> Void
    ) async throws -> (order: [Int64], failures: [Int64: String]) {
        var order: [Int64] = []
        var failures: [Int64: String] = [:]
        var left = Set(good.map(\.id))
        try await ConversionPass(fixture.converter(), limits: Self.limits).run(wanted) { desiderata, outcome in
            order.append(desiderata.id)
            if case .failure(let error) = outcome { failures[desiderata.id] = "\(error)" }
            if left.remove(desiderata.id) != nil, left.isEmpty { try await release() }
        }
        return (order, failures)
    }

    @Test("forty images of one that takes connections and never answers", arguments: [true, false])
    func neverAnswers(areKnown: Bool) async throws {
        try await ConversionFixture.with(setsAside: true) { fixture in
            let silent = try SilentServer()
            var wanted: [Desiderata] = []
            for number in 1...40 {
                let output = fixture.registry.reference("thin/silent:\(number)")
                let desiderata = try await desire(fixture, silent.reference("silent:\(number)"), output)
                if areKnown { try await recordConversion(fixture, desiderata) }
                wanted.append(desiderata)
            }
            let good = try await good(fixture, 3)
            let result = try await run(fixture, wanted + good, good: good) { silent.stop() }
            #expect(Array(result.order.prefix(3)) == good.map(\.id))
            #expect(Set(result.failures.keys) == Set(wanted.map(\.id)))
            let host = "127.0.0.1:\(silent.port)"
            let setAside = result.failures.values.filter { $0.contains("\(host) did not answer before") }
            #expect(setAside.count >= 30, "\(result.failures.values.sorted())")
            #expect(setAside.allSatisfy { $0.contains("is asked again in") })
        }
    }

    @Test("a layer whose bytes stop coming")
    func stopsInALayer() async throws {
        try await ConversionFixture.with(setsAside: true) { fixture in
            try await InMemoryRegistry.with { other in
                let image = try other.addImage("slow", tag: "1", layers: [SampleLayers.application])
                other.faults.faultyBlob = image.manifest.layers.first?.digest.description
                other.faults.stallBlobsAfter = 10
                let slow = try await desire(
                    fixture,
                    other.reference("slow:1"),
                    fixture.registry.reference("thin/slow:1")
                )
                let good = try await good(fixture, 3)
                struct Done: Error {}
                await #expect(throws: Done.self) {
                    _ = try await run(fixture, [slow] + good, good: good) { throw Done() }
                }
                #expect(fixture.registry.manifest("thin/good", "3") != nil)
                #expect(fixture.registry.manifest("thin/slow", "1") == nil)
            }
        }
    }

    @Test("one that thin images are pushed to")
    func pushes() async throws {
        try await ConversionFixture.with(setsAside: true) { fixture in
            let silent = try SilentServer()
            try fixture.registry.addImage("pushed", tag: "1", layers: [SampleLayers.application])
            let hanging = try await desire(
                fixture,
                fixture.registry.reference("pushed:1"),
                silent.reference("thin/pushed:1")
            )
            let good = try await good(fixture, 3)
            let result = try await run(fixture, [hanging] + good, good: good) { silent.stop() }
            // Which of them end first is not said: that one is let go only when all others are converted.
            #expect(Set(result.order) == Set(good.map(\.id) + [hanging.id]))
            #expect(Array(result.failures.keys) == [hanging.id])
            // It is in the repository, and only the push is repeated.
            #expect(try await fixture.state.history.lastPublished(of: hanging.id)?.published != nil)
        }
    }

    @Test("a loop goes on with its passes while a registry hangs: what moves meanwhile elsewhere is seen")
    func laterPasses() async throws {
        try await ConversionFixture.with { fixture in
            let good = try await good(fixture, 1)
            let silent = try SilentServer()
            var hanging: Set<Int64> = []
            for number in 1...3 {
                let output = fixture.registry.reference("thin/silent:\(number)")
                let desiderata = try await desire(fixture, silent.reference("silent:\(number)"), output)
                try await recordConversion(fixture, desiderata)
                hanging.insert(desiderata.id)
            }
            let (registry, repository) = (fixture.registry, fixture.repository)
            let conversions = Mutex(0)
            let (ends, end) = AsyncStream.makeStream(of: Int.self)
            let loop = ConversionLoop(
                pass: ConversionPass(
                    fixture.converter(),
                    limits: Self.limits,
                    polling: LookPolicy(shortest: 0, longest: 0)
                ),
                repository: { _ in repository },
                interval: .milliseconds(10),
                context: .test,
                logger: Logger(label: "test")
            ) { desiderata, outcome in
                guard case .success(.converted) = outcome, desiderata.id == good[0].id else { return }
                let count = conversions.withLock { count in
                    count += 1
                    return count
                }
                if count == 2 { end.yield(count) }
                // The tag moves when the pass that the others hang in is under way.
                do {
                    let layers = [SampleLayers.application, SampleLayers.base]
                    try registry.addImage("good", tag: "1", layers: layers)
                } catch {
                    Issue.record(error)
                }
            }
            try await withThrowingTaskGroup { group in
                group.addTask { try await loop.run() }
                for await _ in ends { break }
                silent.stop()
                group.cancelAll()
            }
            #expect(conversions.withLock { $0 } >= 2)
        }
    }
}
