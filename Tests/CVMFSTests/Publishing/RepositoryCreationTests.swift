import CVMFS
import Foundation
import Logging
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite("Creating repositories")
struct RepositoryCreationTests {
    @Test("a new repository is sound and empty", arguments: [HashAlgorithm.sha1, .shake128])
    func sound(algorithm: HashAlgorithm) async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder, algorithm: algorithm)
            try await new.expectSound()
            let state = try new.repository.reader.published()
            #expect(state.manifest.revision == 1)
            #expect(state.manifest.isGarbageCollectable)
            #expect(state.manifest.timeToLive == 240)
            #expect(try new.repository.reader.tree().entries(of: BytePath()) == [])
            let days = state.whitelist.end.timeIntervalSinceNow / 86_400
            #expect((29.9...30.1).contains(days))
            #expect(try new.storage.appending(".cvmfs_master_replica").contents().isEmpty == false)
        }
    }

    @Test("certificate and meta info are stored with zlib's own bytes, which a stock replica makes anew")
    func replicable() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder, policy: .balanced)
            try new.publish(["f": [1]], at: "a/layer")
            let manifest = try new.repository.reader.published().manifest
            for (hash, kind) in [(manifest.certificate, ObjectKind.certificate), (manifest.metainfo, .metainfo)] {
                let hash = try #require(hash)
                let content = try new.repository.reader.store.loadInflated(hash, kind)
                let stock = try content.withUnsafeBytes { try ZlibCompressor(.zlib).compress($0) }
                #expect(try new.repository.reader.store.load(hash, kind) == stock)
            }
        }
    }

    @Test("private keys are for their owner alone")
    func keyModes() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            for (ending, mode) in [("masterkey", 0o400), ("key", 0o400), ("pub", 0o444), ("crt", 0o444)] {
                let path = new.keys.appending("\(NativeRepository.fqrn).\(ending)").string
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == mode)
            }
        }
    }

    @Test("a storage that is not empty, keys inside it and keys that exist are refused, and nothing is changed")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            func create(_ storage: String, keys: String) throws {
                _ = try RepositoryCreation(
                    fqrn: "a.example.org",
                    storage: folder.appending(storage),
                    keys: folder.appending(keys)
                ).run(now: Date(), logger: Logger(label: "test"))
            }
            try FileManager.default.createDirectory(
                atPath: folder.appending("full/x").string,
                withIntermediateDirectories: true
            )
            #expect(throws: CVMFSError.self) { try create("full", keys: "keys") }
            #expect(throws: CVMFSError.self) { try create("storage", keys: "storage/keys") }
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending("link").string,
                withDestinationPath: folder.appending("storage").string
            )
            #expect(throws: CVMFSError.self) { try create("storage", keys: "link/keys") }
            #expect(!FileManager.default.fileExists(atPath: folder.appending("storage").string))
            try create("storage", keys: "keys")
            #expect(throws: CVMFSError.self) { try create("other", keys: "keys") }
        }
    }

    @Test("names", arguments: ["", "-a", ".a", "a/b", "a b", "ä.example.org", String(repeating: "a", count: 61)])
    func names(name: String) {
        #expect(throws: CVMFSError.self) { try RepositoryName.validate(name) }
    }

    @Test("an expired whitelist reads but does not publish, until it is renewed")
    func expiry() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let later = Date().addingTimeInterval(31 * 86_400)
            let preparation = try new.repository.prepare(.test(at: later))
            let error = #expect(throws: CVMFSError.self) {
                try new.repository.commit(preparation, .test(at: later)) { _ in }
            }
            #expect(error?.description.contains("wafer repository resign test.example.org") == true)
            _ = try new.repository.reader.tree()
            try new.repository.trust.resign(.test(at: later))
            _ = try new.repository.commit(preparation, .test(at: later)) { _ in }
            try preparation.end()
            try FileManager.default.removeItem(atPath: new.keys.appending("test.example.org.masterkey").string)
            #expect(!new.repository.reader.canResign)
            #expect(throws: CVMFSError.self) { try new.repository.trust.resign(.test(at: later)) }
        }
    }
}
