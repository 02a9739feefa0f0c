import Foundation
import Layers
import OCI
import Plumbing

/// What stands beside a layer that Wafer has verified: `.layers/AB/HEX/.metadata/layer.json`.
///
/// A layer without it counts as missing: other tools publish incomplete layers
/// (docs/decisions/004-verify-then-attach.md).
package struct LayerRecord: Codable, Sendable, Equatable {
    /// Of the compressed bytes, as the image manifest names it.
    package let digest: String
    /// Of the inflated tar.
    package let diffID: String
    /// Compressed bytes.
    package let size: Int64
    /// Bytes of the inflated tar.
    package let uncompressedSize: Int64
    /// Entries of the layer, implicit directories included.
    package let entries: Int
    /// How deleted names are stored.
    package let whiteouts: WhiteoutForm
    /// Who wrote it.
    package let writer: String
    /// What was left out of the layer or is worth a warning: how often, by kind.
    package let notes: [String: Int]

    /// The form of deletions in a repository, fixed when it is created.
    package enum WhiteoutForm: String, Codable, Sendable {
        /// Character devices 0:0 and opaque attributes, as overlayfs has them.
        case kernel
    }

    enum CodingKeys: String, CodingKey {
        case digest
        case diffID = "diff_id"
        case size
        case uncompressedSize = "uncompressed_size"
        case entries
        case whiteouts
        case writer
        case notes
    }

    /// The file's bytes, the same for the same layer.
    package func encoded() throws -> [UInt8] {
        try JSONDocument.encode(self)
    }

    /// What is not stored of the layer, by its notes.
    var losses: [LayerLoss: Int] { LayerLoss.losses(of: notes) }

    /// Whether an image says of the layer what was verified: its size, and its diff id. Diff ids by two hash functions
    /// cannot be compared.
    func agrees(_ expectation: LayerExpectation) -> (size: Bool, diffID: Bool) {
        let wanted = expectation.diffID
        let isComparable = wanted.map { diffID.hasPrefix("\($0.algorithm.rawValue):") } ?? false
        return (size == expectation.size, !isComparable || diffID == wanted?.description)
    }

    /// The same with more to tell.
    func adding(_ more: [String: Int]) -> LayerRecord {
        LayerRecord(
            digest: digest,
            diffID: diffID,
            size: size,
            uncompressedSize: uncompressedSize,
            entries: entries,
            whiteouts: whiteouts,
            writer: writer,
            notes: notes.merging(more) { max($0, $1) }
        )
    }

    /// Reads the file. Throws ``ConversionError`` where it is no record.
    package static func decode(_ bytes: [UInt8]) throws -> LayerRecord {
        do {
            return try JSONDecoder().decode(LayerRecord.self, from: Data(bytes))
        } catch {
            throw ConversionError(
                "a layer.json in the repository is not one that Wafer wrote: convert with --overwrite-layers"
            )
        }
    }
}
