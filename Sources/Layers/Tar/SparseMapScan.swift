import Plumbing

/// Finds where the map of a sparse file ends, of which more is to be read behind the member's own header block.
struct SparseMapScan {
    private enum Form {
        case none
        /// Blocks as long as each says that another one follows.
        case blocks
        /// Lines of numbers, the first of which says how many pairs follow.
        case lines(expected: Int?, seen: Int, first: [UInt8])
    }

    private var form: Form
    /// Whether another block belongs to it.
    private(set) var isIncomplete = false
    /// The member's name.
    let path: [UInt8]

    /// A number has no more digits.
    private static let digitLimit = 20

    /// Looks at a whole header. Throws ``LayerError``.
    init(_ header: UnsafeRawBufferPointer) throws {
        let reading = try MemberReading(header)
        path = try reading.path()
        let found: SparseForm?
        do {
            found = try reading.sizes().form
        } catch let problem as MemberReading.Problem {
            throw LayerError(.malformed(problem.text), entry: path)
        }
        switch found {
        case .blocks:
            form = .blocks
            isIncomplete = reading.block[TarField.isSparseMapExtended] != 0
        case .text:
            form = .lines(expected: nil, seen: 0, first: [])
            isIncomplete = true
        case .pairs, .list, nil:
            form = .none
        }
    }

    /// Looks at the next block. Throws ``LayerError`` where it is none of a map.
    mutating func add(_ block: UnsafeRawBufferPointer) throws {
        switch form {
        case .none: isIncomplete = false
        case .blocks: isIncomplete = block[TarField.isExtensionExtended] != 0
        case .lines(var expected, var seen, var first):
            for byte in block {
                guard byte == UInt8(ascii: "\n") else {
                    if expected == nil { first.append(byte) }
                    guard first.count <= Self.digitLimit else { throw malformed }
                    continue
                }
                guard let lines = expected else {
                    guard let pieces = PaxValue.integer(first), (0...Int64(TarStream.headerLimit)).contains(pieces)
                    else {
                        throw malformed
                    }
                    expected = Int(pieces) * 2
                    continue
                }
                seen += 1
                if seen >= lines { break }
            }
            isIncomplete = expected.map { seen < $0 } ?? true
            form = .lines(expected: expected, seen: seen, first: first)
        }
    }

    private var malformed: LayerError {
        LayerError(.malformed("the map of a sparse file is not valid"), entry: path)
    }
}
