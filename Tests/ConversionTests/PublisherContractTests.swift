import CVMFS
import Conversion
import Foundation
import Glibc
import OCI
import Plumbing
import Registry
import State
import StockServer
import SystemPackage
import TestSupport
import Testing

/// The contract of a publisher (`Publisher`), for each of them.
///
/// Clauses that `cvmfs_server` cannot keep, and that are asked of the native publisher alone: an image is one revision;
/// layers and what belongs to them appear together (an image that fails behind its ingestion leaves layers without a
/// record, which count as missing); attributes, opaque directories and hard links are stored.
@Suite("Publishers")
struct PublisherContractTests {
    enum Kind: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case native
        /// `cvmfs_server` by its stand-in.
        case server
        /// The same behind a gateway.
        case gateway
        var testDescription: String { rawValue }
    }

    /// A publisher with what its repository shows.
    private struct Subject: Sendable {
        let kind: Kind
        let fixture: ConversionFixture
        let server: StandInServer?
        let publisher: any Publisher

        var converter: Converter { fixture.converter(through: publisher) }

        func convert(_ desiderata: Desiderata, _ options: ConversionOptions = ConversionOptions()) async throws
            -> ConversionResult
        {
            try await fixture.converter(through: publisher, options).convert(desiderata)
        }

        func has(_ path: BytePath) async throws -> Bool { try await publisher.contents([path])[path] != nil }

        func commit(_ edits: [TreeEdit]) async throws -> CommitOutcome {
            try await publisher.withSession { try await $0.commit(edits, requiring: []) }
        }

        /// Mode, time and target of what is there.
        func rows(_ paths: [String]) async throws -> [String?] {
            let reader: any RevisionReader =
                if let server {
                    MountReader(try ServerRepository.read(server.fqrn, from: server.configuration))
                } else {
                    StorageReader(fixture.repository.reader)
                }
            let there = try reader.entries(paths.map { try BytePath($0) })
            return try paths.map { path in
                there[try BytePath(path)].map { entry in
                    var line = "\(String(entry.mode, radix: 8)) \(entry.attributes.mtime)"
                    if case .symlink(let target) = entry.kind { line += " " + String(decoding: target, as: UTF8.self) }
                    return line
                }
            }
        }

        /// Nothing is left behind, and the repository is sound.
        func expectSettled() async throws {
            if let server { try server.expectClosed() } else { try await fixture.expectSound() }
        }
    }

    private func with(_ kind: Kind, _ body: @escaping (Subject) async throws -> Void) async throws {
        try await ConversionFixture.with { fixture in
            var server: StandInServer?
            if kind != .native {
                let upstream = kind == .gateway ? StandInServer.gateway : StandInServer.objectStore
                server = try await StandInServer(in: fixture.folder, fqrn: ConversionFixture.fqrn, upstream: upstream)
            }
            let native = NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)))
            let publisher: any Publisher = try server?.publisher() ?? native
            try await body(Subject(kind: kind, fixture: fixture, server: server, publisher: publisher))
        }
    }

    @Test(
        "files, links and directories are made with their modes and times, once; removals prune",
        arguments: Kind.allCases
    )
    func edits(kind: Kind) async throws {
        try await with(kind) { subject in
            let old = TreeEdit.Attributes(permissions: 0o750, modified: 1_000_000_000)
            let edits = [
                TreeEdit(try BytePath("trees/d"), .directory, attributes: old),
                TreeEdit(
                    try BytePath("trees/sub/run"),
                    .file(Array("#!/bin/sh\n".utf8)),
                    attributes: TreeEdit.Attributes(permissions: 0o755, modified: 1_000_000_001)
                ),
                TreeEdit(try BytePath("trees/link"), .symlink(Array("sub/run".utf8))),
                TreeEdit(try BytePath("trees/lone/f"), .file([1])),
            ]
            let first = try await subject.commit(edits)
            guard case .published(let revision) = first else {
                Issue.record("\(first)")
                return
            }
            #expect(try await subject.commit(edits) == .unchanged(revision: revision))
            let rows = try await subject.rows(["trees/d", "trees/sub/run", "trees/link"])
            #expect(rows[0] == "40750 1000000000")
            #expect(rows[1] == "100755 1000000001")
            #expect(rows[2]?.hasSuffix(" sub/run") == true)
            // Another target, and a link in the place of a file.
            let others = [
                TreeEdit(try BytePath("trees/link"), .symlink(Array("d".utf8))),
                TreeEdit(try BytePath("trees/sub/run"), .symlink(Array("../d".utf8))),
                TreeEdit(try BytePath("trees/lone/f"), .remove),
            ]
            #expect(try await subject.commit(others) == .published(revision: revision + 1))
            let changed = try await subject.rows(["trees/link", "trees/sub/run", "trees/lone"])
            #expect(changed[0]?.hasSuffix(" d") == true && changed[1]?.hasSuffix(" ../d") == true, "\(changed)")
            #expect(changed[2] == nil)
            try await subject.expectSettled()
        }
    }

    @Test("an image is in the repository, and again there is nothing to do", arguments: Kind.allCases)
    func image(kind: Kind) async throws {
        try await with(kind) { subject in
            let layers = [SampleLayers.base, SampleLayers.application]
            let image = try subject.fixture.registry.addImage("app", tag: "1", layers: layers)
            let desiderata = try await subject.fixture.desire("app:1")
            let result = try await subject.convert(desiderata)
            for layer in image.manifest.layers {
                let record = RepositoryLayout.layerRecord(layer.digest)
                let bytes = try #require(try await subject.publisher.contents([record])[record])
                #expect(try LayerRecord.decode(bytes).digest == layer.digest.description)
            }
            let root = RepositoryLayout.layerRoot(image.manifest.layers[0].digest)
            let motd = root.appending(try BytePath("etc/motd"))
            #expect(try await subject.publisher.contents([motd])[motd] == Array("welcome\n".utf8))
            let manifest = try subject.fixture.manifest(of: "app:1")
            #expect(try await subject.publisher.contents([manifest])[manifest] == image.bytes)
            #expect(try await subject.convert(desiderata) == .upToDate(revision: result.revision))
            try await subject.expectSettled()

            // An image of known layers only.
            try subject.fixture.registry.addImage("other", tag: "1", layers: layers)
            let other = try await subject.fixture.desire("other:1", as: "thin/other:1")
            let second = try await subject.convert(other)
            #expect(second.revision == result.revision + 1)
            #expect(subject.fixture.events.startedLayers == 2)
            try await subject.expectSettled()
        }
    }

    @Test("an image is a root file system by name, in as many transactions as without it", arguments: Kind.allCases)
    func tree(kind: Kind) async throws {
        try await with(kind) { subject in
            let layers = [SampleLayers.base, SampleLayers.application]
            let image = try subject.fixture.registry.addImage("app", tag: "1", layers: layers)
            let desiderata = try await subject.fixture.desire("app:1")
            let result = try await subject.convert(desiderata)
            if case .converted(_, _, _, _, _, let transactions) = result, kind == .server { #expect(transactions == 2) }
            let root = RepositoryLayout.tree(image.manifest.config.digest)
            let host = subject.fixture.registry.host
            let names = ["etc/motd", "var/cache/old", "var/cache/new", "app/run", "tmp", "etc/mtab"]
            let rows = try await subject.rows(names.map { "\(root)/\($0)" } + ["\(host)/app:1"])
            #expect(rows[0] == nil && rows[1] == nil && rows[2] != nil)
            #expect(rows[3]?.hasPrefix("104755 ") == true && rows[4]?.hasPrefix("41777 ") == true, "\(rows)")
            #expect(rows[5]?.hasSuffix("/proc/mounts") == true && rows[6]?.hasSuffix(" ../\(root)") == true)
            let run = root.appending(try BytePath("app/run"))
            #expect(try await subject.publisher.contents([run])[run] == Array("#!/bin/sh\n".utf8))
            #expect(try await subject.convert(desiderata) == .upToDate(revision: result.revision))
            // A tree that is there as it is stays.
            let again = try await subject.convert(desiderata, ConversionOptions(convertAgain: true))
            #expect(again.revision <= result.revision + 1)
            // Other settings make another one, in its place.
            let other = try subject.fixture.registry.addImage(
                "app",
                tag: "1",
                layers: layers + [SampleLayers.single("new")]
            )
            _ = try await subject.convert(desiderata)
            #expect(try await subject.has(RepositoryLayout.tree(other.manifest.config.digest)))
            try await subject.expectSettled()
        }
    }

    enum Damage: CaseIterable {
        case changed, cut, longer

        var code: RegistryError.Code {
            switch self {
            case .changed: .digestMismatch
            case .cut: .cut
            case .longer: .sizeMismatch
            }
        }

        var faults: InMemoryRegistryFaults {
            var faults = InMemoryRegistryFaults()
            switch self {
            case .changed: faults.damagesBlobs = true
            case .cut: faults.cutBlobsAfter = 700
            case .longer: faults.blobPadding = 512
            }
            return faults
        }
    }

    @Test(
        "a layer that is not what the image says leaves the revision as it was",
        arguments: Kind.allCases,
        Damage.allCases
    )
    func refused(kind: Kind, damage: Damage) async throws {
        try await with(kind) { subject in
            let image = try subject.fixture.registry.addImage(
                "app",
                tag: "1",
                layers: [SampleLayers.base, SampleLayers.application]
            )
            let desiderata = try await subject.fixture.desire("app:1")
            subject.fixture.registry.faults = damage.faults
            let error = await #expect(throws: RegistryError.self) { try await subject.convert(desiderata) }
            #expect(error?.code == damage.code)
            for layer in image.manifest.layers {
                #expect(try await !subject.has(RepositoryLayout.layerRoot(layer.digest)))
            }
            #expect(try subject.server?.calls() ?? [] == [])
            try await subject.expectSettled()
            subject.fixture.registry.faults = InMemoryRegistryFaults()
            _ = try await subject.convert(desiderata)
            try await subject.expectSettled()
        }
    }

    @Test("layers are replaced on request", arguments: Kind.allCases)
    func overwrite(kind: Kind) async throws {
        try await with(kind) { subject in
            let image = try subject.fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await subject.fixture.desire("app:1")
            let first = try await subject.convert(desiderata)
            var options = ConversionOptions()
            options.overwriteLayers = true
            let second = try await subject.convert(desiderata, options)
            #expect(second.revision >= first.revision)
            #expect(try await subject.has(RepositoryLayout.layerRoot(image.manifest.layers[0].digest)))
            try await subject.expectSettled()
        }
    }

    @Test("whiteouts have the form of overlayfs", arguments: Kind.allCases)
    func whiteouts(kind: Kind) async throws {
        try await with(kind) { subject in
            let image = try subject.fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.application])
            _ = try await subject.convert(try await subject.fixture.desire("app:1"))
            let root = RepositoryLayout.layerRoot(image.manifest.layers[0].digest)
            let motd = root.appending(try BytePath("etc/motd"))
            if let server = subject.server {
                let path = server.published.string + "/" + String(decoding: motd.bytes, as: UTF8.self)
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.type] as? FileAttributeType == .typeCharacterSpecial)
            } else {
                let entry = try subject.fixture.repository.reader.tree().entry(at: motd)
                #expect(entry?.type == .characterDevice)
            }
        }
    }

    @Test(
        "metadata where earlier versions wrote it is found, and moves with the next revision",
        arguments: Kind.allCases
    )
    func formerPlace(kind: Kind) async throws {
        try await with(kind) { subject in
            let fixture = subject.fixture
            let image = try fixture.registry.addImage("group/app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("group/app:1")
            let first = try await subject.convert(desiderata)
            let source = try ImageSource(parsing: fixture.registry.reference("group/app:1"), folder: "/")
            let places = try RepositoryLayout.manifests(of: source)
            #expect(places.map { $0.starts(with: RepositoryLayout.images) } == [true, false])
            // A place elsewhere: what is moved there goes with its folder.
            let nowhere = TreeEdit(try BytePath("nowhere/at/all"), .remove, isDecisive: false)
            let edits = [
                TreeEdit(places[1], .file(image.bytes)), TreeEdit(places[0], .remove, isDecisive: false), nowhere,
            ]
            let moved = try await subject.publisher.withSession { try await $0.commit(edits, requiring: []) }
            #expect(try await subject.has(places[0]) == false)
            #expect(try await subject.has(places[1]))
            #expect(try await subject.convert(desiderata) == .upToDate(revision: first.revision))

            let again = try await subject.convert(desiderata, ConversionOptions(convertAgain: true))
            #expect(again.revision == moved.revision + 1)
            #expect(try await subject.publisher.contents(places) == [places[0]: image.bytes])
            if kind == .native {
                // Folders that earlier versions made go with the last image in them.
                let group = try BytePath(".metadata/\(fixture.registry.host)")
                #expect(try fixture.repository.reader.tree().entry(at: group) == nil)
            }
            try await subject.expectSettled()
        }
    }

    @Test("an image is one revision: native only")
    func oneRevision() async throws {
        try await with(.native) { subject in
            try subject.fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let result = try await subject.convert(try await subject.fixture.desire("app:1"))
            guard case .converted(2, _, _, _, _, nil) = result else { throw ConversionError("\(result)") }
        }
    }

    @Test("through cvmfs_server an image is two transactions, and what is lost of its layers is recorded")
    func losses() async throws {
        try await with(.server) { subject in
            let linked = InMemoryRegistry.Layer.tar(
                TarBuilder.archive { tar in
                    tar.pax(["SCHILY.xattr.user.note": "x"])
                    tar.file("a", "text\n")
                    tar.hardLink("b", to: "a")
                    tar.file("hidden/.wh..wh..opq")
                }
            )
            let image = try subject.fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base, linked])
            let desiderata = try await subject.fixture.desire("app:1")
            let result = try await subject.convert(desiderata)
            guard case .converted(3, _, 2, 0, _, 2) = result else { throw ConversionError("\(result)") }
            #expect(try subject.server?.calls() == ["ingest", "transaction", "publish"])
            let path = RepositoryLayout.layerRecord(image.manifest.layers[1].digest)
            let record = try LayerRecord.decode(try #require(try await subject.publisher.contents([path])[path]))
            #expect(
                record.notes == [
                    "lost-opaque-directories": 1, "lost-extended-attributes": 2, "lost-hard-links": 2,
                ]
            )
            let published = try #require(
                try await subject.fixture.state.history.lastPublished(of: desiderata.id)?.published
            )
            #expect(published.transactions == 2)
            let losses = try #require(published.losses)
            #expect(losses.hasPrefix("layer \(image.manifest.layers[1].digest): 2 files without"), "\(losses)")
            // An image of the same layers loses the same.
            try subject.fixture.registry.addImage("other", tag: "1", layers: [SampleLayers.base, linked])
            let other = try await subject.fixture.desire("other:1", as: "thin/other:1")
            _ = try await subject.convert(other)
            #expect(try await subject.fixture.state.history.lastPublished(of: other.id)?.published?.losses == losses)
            let root = RepositoryLayout.layerRoot(image.manifest.layers[1].digest).appending(try BytePath("b"))
            #expect(try await subject.publisher.contents([root])[root] == Array("text\n".utf8))
        }
    }

    @Test(
        "lost owners are in the layer's record: cvmfs_server",
        .enabled(if: geteuid() == 0, "only root gives files away")
    )
    func owners() async throws {
        try await with(.server) { subject in
            try #require(subject.server).breakOnce("ingest own")
            let image = try subject.fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            _ = try await subject.convert(try await subject.fixture.desire("app:1"))
            let path = RepositoryLayout.layerRecord(image.manifest.layers[0].digest)
            let record = try LayerRecord.decode(try #require(try await subject.publisher.contents([path])[path]))
            #expect(record.notes["lost-owners"] ?? 0 > 1)
            try await subject.expectSettled()
        }
    }

    @Test("a wish to stop while a transaction is published does not lose what is known of it: cvmfs_server")
    func stopped() async throws {
        try await with(.server) { subject in
            let server = try #require(subject.server)
            let linked = InMemoryRegistry.Layer.tar(
                TarBuilder.archive { tar in
                    tar.file("a", "text\n")
                    tar.hardLink("b", to: "a")
                }
            )
            try subject.fixture.registry.addImage("app", tag: "1", layers: [linked])
            let desiderata = try await subject.fixture.desire("app:1")
            try server.breakOnce("publish held")
            let converter = subject.converter
            let work = Task { try await converter.convert(desiderata) }
            while try !server.calls().contains("publish") { try await Task.sleep(for: .milliseconds(20)) }
            work.cancel()
            try server.proceed()
            await #expect(throws: CancellationError.self) { try await work.value }
            for attempt in [0, 1] {
                let published = try await subject.fixture.state.history.lastPublished(of: desiderata.id)?.published
                #expect(published?.revision == 3 && published?.transactions == 2)
                #expect(published?.losses?.contains("2 hard links") == true)
                if attempt == 0 {
                    guard case .converted(3, _, 0, 1, _, nil) = try await subject.convert(desiderata) else {
                        throw ConversionError("more than the push was done")
                    }
                }
            }
            try await subject.expectSettled()
        }
    }

    @Test("layers that another tool, or a failure, left without a record are replaced: cvmfs_server")
    func half() async throws {
        try await with(.server) { subject in
            let server = try #require(subject.server)
            let image = try subject.fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await subject.fixture.desire("app:1")
            try server.breakOnce("ingest truncate")
            await #expect(throws: ConversionError.self) { try await subject.convert(desiderata) }
            let layer = image.manifest.layers[0].digest
            #expect(try await subject.has(RepositoryLayout.layerRoot(layer)))
            #expect(try await !subject.has(RepositoryLayout.layerRecord(layer)))
            guard case .converted(_, _, _, _, _, 3) = try await subject.convert(desiderata) else {
                throw ConversionError("not in three transactions")
            }
            let old = RepositoryLayout.layerRoot(layer).appending(try BytePath("var/cache/old"))
            #expect(try await subject.has(old))
            #expect(
                try server.calls() == ["ingest", "ingest", "ingest", "transaction", "publish"]
            )
            try await subject.expectSettled()
        }
    }
}
