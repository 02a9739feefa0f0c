import Foundation
import OCI
import Plumbing

/// What DUCC writes beside a layer when all of it is there: `.layers/AB/HEX/.metadata/layers.json`, a list of one.
///
/// It hashed what it read: where a download was cut between two members, the diff id is that of the part
/// (`ducc/lib/layers.go` of https://github.com/cvmfs/cvmfs).
struct AdoptedLayer: Decodable, Sendable, Equatable {
    /// The digest of the compressed bytes, as the manifest names them.
    let digest: String?
    /// Of the tar as far as it came.
    let diffID: String?

    private enum CodingKeys: String, CodingKey {
        case digest = "compressed-diff-digest"
        case diffID = "diff-digest"
    }

    /// Where it lies.
    static func record(of layer: Digest) -> BytePath {
        RepositoryLayout.layer(layer).appending(RepositoryLayout.path([".metadata", "layers.json"]))
    }

    /// Nil for what is no such record.
    static func decode(_ bytes: [UInt8]) -> AdoptedLayer? {
        guard let records = try? JSONDecoder().decode([AdoptedLayer].self, from: Data(bytes)) else { return nil }
        return records.count == 1 ? records[0] : nil
    }

    /// Why the layer is not complete, as the rest of a sentence about it; nil where it is as far as that can be told without a
    /// download. `diffID` is what the image's configuration says; nil where nobody knows.
    static func fault(of layer: Digest, diffID: Digest?, in contents: [BytePath: [UInt8]]) -> String? {
        guard contents[RepositoryLayout.layerRoot(layer)] != nil else { return "has no content" }
        // Wafer replaced it since.
        if contents[RepositoryLayout.layerRecord(layer)] != nil { return nil }
        guard let record = contents[record(of: layer)].flatMap(decode) else {
            return "has no layers.json: the program ended while it wrote the layer"
        }
        guard record.digest == layer.description else {
            return "has a layers.json of another layer, \(Printable.text(record.digest ?? "nothing"))"
        }
        guard let diffID, record.diffID != diffID.description else { return nil }
        return "is cut off: its tar is \(Printable.text(record.diffID ?? "nothing")), and the image's is \(diffID)"
    }
}
