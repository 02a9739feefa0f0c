import CVMFS
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// What every storage does that is written from this machine.
@Suite("Contract of stores that are written")
struct ObjectStoreContractTests {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case local, memory, watched

        var testDescription: String { rawValue }

        func make(in folder: FilePath) throws -> any ObjectStore {
            switch self {
            case .local: try LocalObjectStore(root: folder)
            case .memory: MemoryObjectStore()
            case .watched: WatchedStore(try LocalObjectStore(root: folder), CountedCalls())
            }
        }
    }

    /// Runs `body` with an empty storage of a kind, and a writer of it that notes what is announced.
    private func with(
        _ kind: Kind,
        _ body: (_ store: any ObjectStore, _ writer: any ObjectWriter, _ announced: Announced) throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let store = try kind.make(in: folder)
            try store.createSkeleton()
            let announced = Announced(store)
            let writer = try store.writer(labelled: "wafer-1-a", announce: announced.note)
            try body(store, writer, announced)
        }
    }

    private func hash(_ bytes: [UInt8], _ algorithm: HashAlgorithm = .sha1) throws -> ContentHash {
        try ContentHash(algorithm, of: bytes)
    }

    @Test("what was written is there, whatever its length, hash function and kind", arguments: Kind.allCases)
    func roundTrip(kind: Kind) async throws {
        try await with(kind) { store, writer, _ in
            for length in [0, 1, 1 << 20, (1 << 20) + 1] {
                let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: length), count: length)
                for object in ObjectKind.allCases {
                    for algorithm in [HashAlgorithm.sha1, .shake128] {
                        let hash = try hash(bytes, algorithm)
                        #expect(try store.size(of: hash, object) == nil)
                        #expect(try writer.store(bytes, as: hash, object))
                        #expect(try store.load(hash, object) == bytes)
                        #expect(try store.size(of: hash, object) == Int64(length))
                    }
                }
            }
        }
    }

    @Test("an object that is there is not written and not announced again", arguments: Kind.allCases)
    func again(kind: Kind) async throws {
        try await with(kind) { store, writer, announced in
            let bytes = Array("twice".utf8)
            let hash = try hash(bytes)
            #expect(try writer.store(bytes, as: hash, .file))
            #expect(try !writer.store(bytes, as: hash, .file))
            #expect(try !store.store(bytes, as: hash, .file))
            #expect(announced.paths == [hash.objectPath(.file)])
        }
    }

    @Test(
        "an object is announced before it can be seen; what the announcement throws is the result",
        arguments: Kind.allCases
    )
    func announcement(kind: Kind) async throws {
        try await with(kind) { store, writer, announced in
            let bytes = Array("announced".utf8)
            try writer.store(bytes, as: hash(bytes), .chunk)
            #expect(announced.wasVisible == [false])
            announced.fails = true
            let refused = Array("refused".utf8)
            let hash = try hash(refused)
            #expect(throws: Announced.Refusal.self) { try writer.store(refused, as: hash, .chunk) }
            #expect(try store.size(of: hash, .chunk) == nil)
        }
    }

    @Test("many writes are under way at once, each completes once, and `drain` waits for all", arguments: Kind.allCases)
    func drain(kind: Kind) async throws {
        try await with(kind) { store, writer, announced in
            let results = Results()
            for number in 0..<200 {
                let bytes = Array("object \(number)".utf8)
                writer.write(bytes, as: try hash(bytes), .file) { results.add($0) }
            }
            writer.drain()
            #expect(results.new == 200 && results.all == 200)
            #expect(announced.paths.count == 200)
            for number in 0..<200 {
                let bytes = Array("object \(number)".utf8)
                #expect(try store.load(hash(bytes), .file) == bytes)
            }
        }
    }

    @Test("removing is fine where nothing is", arguments: Kind.allCases)
    func remove(kind: Kind) async throws {
        try await with(kind) { store, writer, _ in
            let bytes = Array("gone".utf8)
            try writer.store(bytes, as: hash(bytes), .file)
            try store.remove(hash(bytes), .chunk)
            #expect(try store.size(of: hash(bytes), .file) == 4)
            try store.remove(hash(bytes), .file)
            try writer.remove(hash(bytes), .file)
            #expect(try store.size(of: hash(bytes), .file) == nil)
        }
    }

    @Test("a mutable file is replaced as a whole, and an object gets a second name", arguments: Kind.allCases)
    func topLevel(kind: Kind) async throws {
        try await with(kind) { store, writer, _ in
            #expect(try store.readTopLevel(".cvmfspublished") == nil)
            for text in ["a longer text", "short", ""] {
                try store.replaceTopLevel(".cvmfspublished", with: Array(text.utf8))
                #expect(try store.readTopLevel(".cvmfspublished") == Array(text.utf8))
            }
            let bytes = Array("catalog".utf8)
            try writer.store(bytes, as: hash(bytes), .catalog)
            for _ in 0..<2 { try store.linkTopLevel(".cvmfsalt-a", to: hash(bytes), .catalog) }
            #expect(try store.readTopLevel(".cvmfsalt-a") == bytes)
        }
    }

    @Test("what can be listed is listed, objects and strangers", arguments: Kind.allCases)
    func listing(kind: Kind) async throws {
        try await with(kind) { store, writer, announced in
            for text in ["a", "b", "c"] { try writer.store(Array(text.utf8), as: hash(Array(text.utf8)), .file) }
            try store.replaceTopLevel(".cvmfspublished", with: [1])
            var paths: Set<String> = []
            let lister = try #require(store.lister)
            try lister.forEachObject { path, _ in paths.insert(path) }
            #expect(paths == Set(announced.paths))
        }
    }

    @Test(
        "temporary files of others stay; what is synchronized and what is free can be asked",
        arguments: Kind.allCases
    )
    func staging(kind: Kind) async throws {
        try await with(kind) { store, writer, _ in
            try store.createSkeleton()
            try writer.store([1], as: hash([1]), .file)
            try store.removeTemporaryFiles(prefix: "wafer-")
            try store.synchronize()
            #expect(try store.load(hash([1]), .file) == [1])
            if let free = try store.freeBytes() { #expect(free > 0) }
        }
    }

    @Test("only the temporary files that begin so are removed from a directory")
    func temporaryFiles() async throws {
        try await withTemporaryFolder { folder in
            let store = try LocalObjectStore(root: folder)
            try store.createSkeleton()
            for name in ["wafer-1-a.1", "wafer-1-b.1", "stock.tmp"] {
                try folder.appending("data/txn/\(name)").write([1])
            }
            try store.removeTemporaryFiles(prefix: "wafer-1-a.")
            #expect(try folder.appending("data/txn").names() == ["stock.tmp", "wafer-1-b.1"])
        }
    }
}
