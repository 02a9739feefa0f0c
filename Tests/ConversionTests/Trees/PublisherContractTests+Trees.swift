import Conversion
import Foundation
import OCI
import Plumbing
import TestSupport
import Testing

/// What a publisher makes of an image beside its layers.
extension PublisherContractTests {
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
}
