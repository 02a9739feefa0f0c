import CVMFS
import Conversion
import Foundation
import Logging
import OCI
import Plumbing
import State
import Synchronization
import TestSupport
import Testing

@Suite("Passes over many desideratas", .timeLimit(.minutes(10)))
struct ConversionPassTests {
    /// Nothing hangs here, however busy the machine is.
    private static let endless = ConversionPass.TimeLimits(check: .seconds(3_600), conversion: .seconds(3_600))

    /// Desideratas whose images were all converted, without the work of converting them.
    private func fill(_ fixture: ConversionFixture, _ count: Int) async throws -> [Desiderata] {
        let image = try fixture.registry.addImage("app", tag: "0", layers: [SampleLayers.base])
        _ = try await fixture.converter().convert(fixture.desire("app:0", as: "thin/app:0", formats: [.layers, .thin]))
        var wanted: [Desiderata] = []
        var files: [TreeEdit] = []
        for number in 1...count {
            try fixture.registry.addManifest(image.bytes, .dockerManifest, to: "app", tag: "\(number)")
            let desiderata = try await fixture.desire(
                "app:\(number)",
                as: "thin/app:\(number)",
                formats: [.layers, .thin]
            )
            let reference = try ImageReference(parsing: fixture.registry.reference("app:\(number)"))
            files.append(
                TreeEdit(
                    try RepositoryLayout.image(.registry(reference)).appending(Array("manifest.json".utf8)),
                    .file(image.bytes)
                )
            )
            let conversion = try await fixture.state.history.startConversion(of: desiderata.id, at: Date())
            let input = ConversionInput(
                referenceDigest: image.digest.description,
                manifestDigest: image.digest.description,
                platform: image.platform.description,
                configDigest: image.manifest.config.digest.description
            )
            try await fixture.state.history.recordInput(input, conversion: conversion)
            try await fixture.state.history.recordPublished(revision: 2, conversion: conversion, at: Date())
            try await fixture.state.history.recordPushed(thinDigest: "sha256:0", conversion: conversion, at: Date())
            try await fixture.state.history.finishConversion(conversion, at: Date())
            wanted.append(desiderata)
        }
        let publisher = NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)))
        try await publisher.withSession { [files] in _ = try await $0.commit(files, requiring: []) }
        fixture.registry.forgetRequests()
        return wanted
    }

    @Test("a thousand unchanged ones cost a HEAD each, 32 at the same time")
    func unchanged() async throws {
        try await ConversionFixture.with { fixture in
            let wanted = try await fill(fixture, 1_000)
            fixture.registry.faults.crowd = 32
            var finished: [Int64] = []
            try await ConversionPass(fixture.converter(), limits: Self.endless).run(wanted) { desiderata, outcome in
                finished.append(desiderata.id)
                let result = try outcome.get()
                #expect(result == .upToDate(revision: 2))
            }
            #expect(finished.sorted() == wanted.map(\.id))
            #expect(fixture.registry.requests.count == 1_000)
            #expect(fixture.registry.requests.allSatisfy { $0.method == "HEAD" })
            #expect(fixture.registry.mostAtOnce == 32)
        }
    }

    @Test("a revision is opened once for all images, and catalogs that they share are read once")
    func reading() async throws {
        try await ConversionFixture.with { fixture in
            let wanted = try await fill(fixture, 200)
            let counter = CountedCalls()
            let store = WatchedStore(try LocalObjectStore(root: fixture.storage), counter)
            let reader = RepositoryReader(
                fqrn: ConversionFixture.fqrn,
                store: store,
                keys: fixture.repository.reader.keys.root,
                logger: Logger(label: "test")
            )
            let workspace = RepositoryWorkspace(storage: fixture.storage)
            let repository = Repository(reader: reader, storage: store, workspace: workspace)
            let publisher = NativePublisher(repository, WriteContext(lockTimeout: .seconds(10)))
            try await ConversionPass(fixture.converter(through: publisher), limits: Self.endless).run(wanted) {
                let result = try $1.get()
                #expect(result == .upToDate(revision: 2), "\($0.input.reference)")
            }
            // A manifest of each image and the catalogs; whether the revision is the same is asked for each question.
            #expect(counter.count(.read) < 5 * wanted.count, "\(counter.count(.read))")
            #expect(counter.count(.readTopLevel) < 3 * wanted.count, "\(counter.count(.readTopLevel))")
        }
    }

    @Test("what changed is converted, and those that fail hold up nobody")
    func changed() async throws {
        try await ConversionFixture.with { fixture in
            let wanted = try await fill(fixture, 5)
            let new = try fixture.registry.addImage("app", tag: "3", layers: [SampleLayers.application])
            let missing = try await fixture.desire("nowhere:1", as: "thin/nowhere:1")
            var outcomes: [Int64: String] = [:]
            let began = Mutex<[Int64]>([])
            try await ConversionPass(fixture.converter(), limits: Self.endless).run(
                [missing] + wanted,
                began: { desiderata in began.withLock { $0.append(desiderata.id) } }
            ) { desiderata, outcome in
                outcomes[desiderata.id] =
                    switch outcome {
                    case .success(.upToDate): "up to date"
                    case .success(.converted): "converted"
                    case .failure: "failed"
                    }
            }
            #expect(outcomes.removeValue(forKey: missing.id) == "failed")
            #expect(outcomes.removeValue(forKey: wanted[2].id) == "converted")
            #expect(outcomes.count == 4 && outcomes.values.allSatisfy { $0 == "up to date" })
            #expect(began.withLock { $0 } == [wanted[2].id])
            #expect(fixture.registry.manifest("thin/app", "3") != nil)
            #expect(try await fixture.state.history.lastPublished(of: wanted[2].id)?.manifestDigest == "\(new.digest)")
            #expect(try await fixture.state.history.backOff(of: missing.id) != nil)
        }
    }

    @Test("a layer that is gone from the repository is no unchanged image")
    func incomplete() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            _ = try await fixture.converter().convert(desiderata)
            guard case .upToDate = await fixture.converter().check(desiderata) else {
                Issue.record("it is up to date")
                return
            }
            // Without an index it is the one there is.
            let options = ConversionOptions(platform: Platform(os: "linux", architecture: "arm64"))
            guard case .upToDate = await fixture.converter(options).check(desiderata) else {
                Issue.record("it is up to date for every platform")
                return
            }
            guard case .changed = await fixture.converter(ConversionOptions(convertAgain: true)).check(desiderata)
            else {
                Issue.record("it is not")
                return
            }
        }
    }
}
