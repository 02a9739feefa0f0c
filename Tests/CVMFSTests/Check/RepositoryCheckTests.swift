import CVMFS
import Foundation
import Plumbing
import TestSupport
import Testing

/// The manifest, what vouches for it, and what it names.
@Suite struct RepositoryCheckTests {
    private let now = StockRepository.now

    @Test func whatStockWroteIsSound() async throws {
        #expect(try await RepositoryEditor().faults(.content) == [])
    }

    @Test func whatTheEditorWritesIsSound() async throws {
        let editor = try await RepositoryEditor()
        try await editor.editCatalog("/data/deep", "UPDATE catalog SET uid = 5 WHERE name = 'er'")
        try await editor.editHistory("UPDATE tags SET description = 'x'")
        try editor.editWhitelist()
        #expect(try editor.faults(.content) == [])
    }

    @Test func nothingIsPublished() async throws {
        let editor = try await RepositoryEditor()
        editor.store[".cvmfspublished"] = nil
        #expect(try editor.faults() == [".cvmfspublished: is missing: nothing is published here (manifest)"])
    }

    @Test func manifestOfAnotherRepository() async throws {
        let editor = try await RepositoryEditor()
        try editor.editManifest { $0.fqrn = "other\u{1b}.example.org" }
        #expect(
            try editor.faults() == [
                ".cvmfspublished: is of the repository \"other\\x1b.example.org\", not of golden.example.org (manifest)"
            ]
        )
    }

    @Test func manifestSignedByAnotherKey() async throws {
        let editor = try await RepositoryEditor()
        let manifest = try editor.manifest()
        editor.store[".cvmfspublished"] = try manifest.serialize(signedBy: .generate())
        #expect(
            try editor.faults() == [
                ".cvmfspublished: the manifest of golden.example.org is not signed by the key of its certificate "
                    + "(manifest-signature)"
            ]
        )
    }

    @Test func damagedManifest() async throws {
        let editor = try await RepositoryEditor()
        editor.store[".cvmfspublished"]?[45] ^= 1
        let faults = try editor.faults()
        #expect(faults.count == 1)
        #expect(faults.first?.contains("the manifest is damaged: its hash is ") == true)
    }

    @Test func certificateIsMissing() async throws {
        let editor = try await RepositoryEditor()
        let hash = try #require(editor.manifest().certificate)
        editor.store[hash.objectPath(.certificate)] = nil
        #expect(
            try editor.faults() == [
                "\(hash.objectPath(.certificate)): object \(hash)X is missing in memory (manifest-signature)"
            ]
        )
    }

    @Test func certificateIsNotNamed() async throws {
        let editor = try await RepositoryEditor()
        try editor.editManifest { $0.certificate = nil }
        #expect(try editor.faults() == [".cvmfspublished: names no certificate (manifest-signature)"])
    }

    @Test func certificateIsNotListed() async throws {
        let editor = try await RepositoryEditor()
        try editor.editWhitelist(fingerprints: [ContentHash(.sha1, of: [])])
        let fingerprint = try editor.stock.certificate.fingerprint(.sha1)
        #expect(
            try editor.faults() == [
                ".cvmfswhitelist: does not list the certificate with the fingerprint \(fingerprint) (whitelist)"
            ]
        )
    }

    @Test func whitelistIsMissing() async throws {
        let editor = try await RepositoryEditor()
        editor.store[".cvmfswhitelist"] = nil
        #expect(try editor.faults() == [".cvmfswhitelist: is missing (whitelist)"])
    }

    @Test func whitelistOfAnotherRepository() async throws {
        let editor = try await RepositoryEditor()
        try editor.editWhitelist(fqrn: "other.example.org")
        #expect(
            try editor.faults() == [
                ".cvmfswhitelist: is of the repository \"other.example.org\", not of golden.example.org (whitelist)"
            ]
        )
    }

    @Test func whitelistSignedByAnotherKey() async throws {
        let editor = try await RepositoryEditor()
        #expect(
            try editor.faults(masterKeys: [PrivateKey.generate().publicKey]) == [
                ".cvmfswhitelist: the whitelist of golden.example.org is not signed by the master key "
                    + "(whitelist-signature)"
            ]
        )
    }

    @Test func whitelistIsExpired() async throws {
        let editor = try await RepositoryEditor()
        // The stock whitelist says 20:03:19, and clients compare hours.
        let end = try #require(ISO8601DateFormatter().date(from: "2026-12-23T20:00:00Z"))
        #expect(try editor.faults(now: end - 1) == [])
        #expect(
            try editor.faults(now: end) == [
                ".cvmfswhitelist: expired at 2026-12-23T20:00:00Z: sign a new one (whitelist-expiry)"
            ]
        )
    }

    @Test func alternativeNamesAreMissing() async throws {
        let editor = try await RepositoryEditor()
        try editor.editManifest { $0.hasAlternativePaths = true }
        let manifest = try editor.manifest()
        let certificate = try #require(manifest.certificate)
        let names = [".cvmfsalt-\(certificate)X", ".cvmfsalt-\(manifest.root.hash)C"]
        #expect(try editor.faults() == names.map { "\($0): is missing (alternative-path)" })
        for name in names { editor.store[name] = [] }
        #expect(try editor.faults() == [])
    }

    @Test func metainfoIsMissing() async throws {
        let editor = try await RepositoryEditor()
        let hash = try #require(editor.manifest().metainfo)
        editor.store[hash.objectPath(.metainfo)] = nil
        #expect(
            try editor.faults() == ["\(hash.objectPath(.metainfo)): object \(hash)M is missing in memory (metainfo)"]
        )
    }

    @Test func revisionBeforeIsMissing() async throws {
        let editor = try await RepositoryEditor()
        let previous = "da7010f11565e35e369a2cd051412b0e81680cef"
        try await editor.editHistory("UPDATE tags SET hash = '\(editor.manifest().root.hash)'")
        editor.store["data/da/7010f11565e35e369a2cd051412b0e81680cefC"] = nil
        #expect(try editor.faults() == [])
        // Only where garbage collection may not have taken it away.
        try editor.editManifest { $0.isGarbageCollectable = false }
        #expect(try editor.faults() == ["/: the revision before, \(previous), is missing (revision)"])
    }
}
