import Layers
import OCI
import Plumbing
import Testing

/// A layer read to its end by the reader under test.
struct ReadLayer {
    private(set) var entries: [LayerEntry] = []
    /// Of every file, by the index of its entry.
    private(set) var contents: [Int: [UInt8]] = [:]
    let summary: LayerSummary

    /// Reads a layer whose digests are right unless told otherwise. Throws what the reader throws.
    init(
        _ stream: [UInt8],
        expecting: LayerExpectation? = nil,
        limits: LayerLimits = LayerLimits(),
        policy: LayerPolicy = LayerPolicy(),
        pieces: Int = 10_000,
        readsContent: Bool = true
    ) throws {
        let reader = try LayerReader(
            expecting: try expecting ?? Self.expectation(stream),
            limits: limits,
            policy: policy,
            read: Self.source(stream, pieces: pieces)
        )
        while let entry = try reader.next() {
            if entry.contentSize != nil, readsContent {
                var content: [UInt8] = []
                try reader.readContent { content.append(contentsOf: $0) }
                contents[entries.count] = content
            }
            entries.append(entry)
        }
        summary = try reader.summary
    }

    /// What an image with this layer would say, the diff id left out.
    static func expectation(_ stream: [UInt8], diffID: Digest? = nil) throws -> LayerExpectation {
        LayerExpectation(digest: try Digest.sha256(of: stream), size: Int64(stream.count), diffID: diffID)
    }

    /// Gives a stream in pieces.
    static func source(_ stream: [UInt8], pieces: Int = 10_000) -> () throws -> [UInt8]? {
        var offset = 0
        return {
            guard offset < stream.count else { return nil }
            let end = min(offset + pieces, stream.count)
            defer { offset = end }
            return Array(stream[offset..<end])
        }
    }

    var paths: [String] { entries.filter { !$0.isLeftOut }.map(\.path.description) }

    /// The content of the first file with this path.
    func content(_ path: String) -> [UInt8]? {
        entries.firstIndex { $0.path.description == path }.flatMap { contents[$0] }
    }

    func entry(_ path: String) -> LayerEntry? {
        entries.first { $0.path.description == path }
    }

    /// The tree that the members make on lower layers, bottom to top; contents as they are.
    func complete(over lower: [CompleteLayer<[UInt8]>] = []) throws -> CompleteLayer<[UInt8]> {
        var tree = LayerTree<[UInt8]>()
        for (index, entry) in entries.enumerated() { try tree.add(entry, content: contents[index]) }
        return try tree.finish(over: LayerStack(lower.map(\.nodes)))
    }

    func nodes() throws -> [LayerNode<[UInt8]>] { Array(try complete().nodes) }
}

/// Expects a layer to be refused with a message that contains a text.
func expectRefused(
    _ text: String,
    _ stream: [UInt8],
    limits: LayerLimits = LayerLimits(),
    policy: LayerPolicy = LayerPolicy(),
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let error = #expect(throws: LayerError.self, sourceLocation: sourceLocation) {
        try ReadLayer(stream, limits: limits, policy: policy).nodes()
    }
    let message = error?.description ?? "no error"
    #expect(message.contains(text), sourceLocation: sourceLocation)
}

/// A path literal.
func path(_ text: String) throws -> BytePath {
    try BytePath(text)
}
