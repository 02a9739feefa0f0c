import CVMFS
import Layers
import Plumbing

/// A root file system as the rows of catalogs: those of its layers, merged.
///
/// They are gone through twice, and not kept: of each only where it lies is.
struct TreeRows: Subtree {
    private let layers: [TreeLayer]
    private let start: LayerUnpacking<TreeLayer>
    private let rule: TreeRowRule
    /// The depth of each entry, doubled, and one more for a directory.
    private let places: Segments<UInt16>
    /// The bytes of all files.
    let size: Int64
    /// How long the first time took, of which only that is kept.
    let merging: Duration

    /// Trees are cut where a directory has about a thousand rows: a client that looks for one program reads little
    /// (docs/root-file-systems.md, "Catalogs").
    static let catalogLimits = CatalogLimits(maximum: 100_000, minimum: 500, target: 1_000)

    /// The tree of these layers, bottom to top. Throws the layers' errors.
    init(_ layers: [TreeLayer], _ rule: TreeRowRule) throws {
        self.layers = layers
        self.rule = rule
        let begun = ContinuousClock.now
        start = try LayerUnpacking(layers)
        var unpacking = start
        var places = Segments<UInt16>()
        var size: Int64 = 0
        while let entry = try unpacking.next() {
            places.append(UInt16(clamping: entry.path.depth) << 1 | (entry.isDirectory ? 1 : 0))
            if let row = entry.row, row.type == .regular { size += row.size }
        }
        self.size = size
        self.places = places
        merging = .now - begun
    }

    var count: Int { places.count }

    /// What is not as unpackers make it: how often, by kind.
    var notes: [String: Int] { start.notes }

    func forEachPlace(_ body: (_ depth: Int, _ isDirectory: Bool) -> Void) {
        for number in 0..<places.count { body(Int(places[number] >> 1), places[number] & 1 == 1) }
    }

    func forEachEntry(_ body: (SubtreeEntry) throws -> Void) throws {
        var unpacking = start
        while let entry = try unpacking.next() {
            let row = try rule.row(of: entry)
            var chunks: [FileChunk] = []
            if row.flags.contains(.chunked) {
                chunks = try layers[entry.layer].chunks(at: entry.origin.appending(entry.path.name))
            }
            try body(SubtreeEntry(path: entry.path, row: row, chunks: chunks))
        }
    }
}

extension LayerUnpacking {
    /// What is not as unpackers make it: how often, by kind.
    var notes: [String: Int] { circles.isEmpty ? [:] : ["directory-over-circle": circles.count] }
}
