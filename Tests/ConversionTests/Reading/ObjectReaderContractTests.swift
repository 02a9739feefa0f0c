import CVMFS
import Conversion
import Plumbing
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// What every place does from which a repository is read.
@Suite("Contract of stores that are read", .timeLimit(.minutes(5)))
struct ObjectReaderContractTests {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case local, memory, http

        var testDescription: String { rawValue }
    }

    /// What the storage of a test has.
    private struct Contents {
        let store = MemoryObjectStore()
        let large = [UInt8]("a piece and some more. ".utf8).repeated(to: (2 << 20) + 7)
        let text = Array("text".utf8)

        func hash(_ bytes: [UInt8]) throws -> ContentHash { try ContentHash(.sha1, of: bytes) }

        init() throws {
            for bytes in [large, text, []] { try store.store(bytes, as: hash(bytes), .file) }
            let catalog = try text.withUnsafeBytes { try ZlibCompressor(.zlib).compress($0) }
            try store.store(catalog, as: hash(catalog), .catalog)
            // Bytes of another name.
            store[try hash(Array("other".utf8)).objectPath(.file)] = text
            try store.replaceTopLevel(".cvmfspublished", with: Array("manifest".utf8))
        }
    }

    /// Runs `body` on a thread that may block.
    private func with(
        _ kind: Kind,
        _ body: @escaping @Sendable (_ reader: any ObjectReader, _ contents: Contents) throws -> Void
    ) async throws {
        let contents = try Contents()
        try await withTemporaryFolder { parent in
            let folder = parent.appending("storage")
            try contents.store.write(to: folder)
            switch kind {
            case .local: try body(try LocalObjectStore(root: folder), contents)
            case .memory: try body(contents.store, contents)
            case .http:
                try await WebServer.serving(folder.string) { url in
                    try await onDedicatedThread("read") {
                        try body(try HTTPObjectStore(url: url, web: .testing()), contents)
                    }
                }
            }
        }
    }

    @Test("objects are read in bounded pieces, whole and in order", arguments: Kind.allCases)
    func read(kind: Kind) async throws {
        try await with(kind) { reader, contents in
            for bytes in [contents.large, contents.text, []] {
                let hash = try contents.hash(bytes)
                var read: [UInt8] = []
                try reader.read(hash, .file) { piece in
                    #expect(piece.count <= 1 << 20)
                    read.append(contentsOf: piece)
                }
                #expect(read == bytes)
                #expect(try reader.size(of: hash, .file) == Int64(bytes.count))
                #expect(try reader.verify(hash, .file) == Int64(bytes.count))
            }
        }
    }

    @Test("a kind is part of the name, and what is missing is not found", arguments: Kind.allCases)
    func missing(kind: Kind) async throws {
        try await with(kind) { reader, contents in
            let hash = try contents.hash(contents.text)
            #expect(try reader.size(of: hash, .chunk) == nil)
            #expect(try reader.modified(hash, .chunk) == nil)
            let error = #expect(throws: CVMFSError.self) { try reader.read(hash, .chunk) { _ in } }
            #expect(error?.code == .notFound)
            #expect(error?.description.contains("object \(hash)P is missing") == true)
            #expect(error?.description.contains(reader.location) == true)
        }
    }

    @Test("content that is not what the name says, and too much of it, is refused", arguments: Kind.allCases)
    func corrupt(kind: Kind) async throws {
        try await with(kind) { reader, contents in
            let other = try contents.hash(Array("other".utf8))
            for body in [{ _ = try reader.load(other, .file) }, { _ = try reader.verify(other, .file) }] {
                #expect(throws: CVMFSError.self) { try body() }
            }
            let large = try contents.hash(contents.large)
            let error = #expect(throws: CVMFSError.self) { try reader.load(large, .file, limit: 1 << 20) }
            #expect(error?.code == .corrupt)
            // It is no zlib stream.
            #expect(throws: CVMFSError.self) { try reader.loadInflated(contents.hash(contents.text), .file) }
        }
    }

    @Test("what a reader of pieces throws ends the reading", arguments: Kind.allCases)
    func stop(kind: Kind) async throws {
        struct Stop: Error {}
        try await with(kind) { reader, contents in
            var pieces = 0
            #expect(throws: Stop.self) {
                try reader.read(contents.hash(contents.large), .file) { _ in
                    pieces += 1
                    throw Stop()
                }
            }
            #expect(pieces == 1)
        }
    }

    @Test("mutable files are read as a whole; none is nil", arguments: Kind.allCases)
    func topLevel(kind: Kind) async throws {
        try await with(kind) { reader, _ in
            let (manifest, whitelist) = try (
                reader.readTopLevel(".cvmfspublished"), reader.readTopLevel(".cvmfswhitelist")
            )
            #expect(manifest == Array("manifest".utf8))
            #expect(whitelist == nil)
        }
    }

    @Test("many threads read at once", arguments: Kind.allCases)
    func concurrent(kind: Kind) async throws {
        try await with(kind) { reader, contents in
            #expect(reader.usefulReaders > 0)
            let workers = try WorkerThreads(name: "read", count: 8, queueLimit: 64)
            let hash = try contents.hash(contents.large)
            let lengths = Mutex<[Int64?]>([])
            for _ in 0..<32 {
                workers.submit {
                    let length = try? reader.verify(hash, .file)
                    lengths.withLock { $0.append(length) }
                }
            }
            workers.finish()
            #expect(lengths.withLock { $0 } == [Int64?](repeating: Int64(contents.large.count), count: 32))
        }
    }
}

extension [UInt8] {
    /// The bytes again and again, so many of them.
    fileprivate func repeated(to count: Int) -> [UInt8] {
        (0..<count).map { self[$0 % self.count] }
    }
}
