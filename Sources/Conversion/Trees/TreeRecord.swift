import Foundation
import Plumbing

/// What is known of a tree: `.metadata/.flat/AB/HEX.json`. A tree without it is made anew: nobody knows whether it is
/// complete.
struct TreeRecord: Codable, Sendable, Equatable {
    /// The digest of the image's configuration, which names the image.
    let configDigest: String
    /// The digests of the layers it was made of, bottom to top.
    let layers: [String]
    let options: TreeOptions
    /// Its files and directories.
    let entries: Int
    /// The bytes of its files.
    let size: Int64
    /// The directory in which the image's program begins, and as whom; nil where the image says nothing.
    let workingDirectory: String?
    let user: String?
    /// What is not as in the image: how often, by kind.
    let notes: [String: Int]
    /// Who made it.
    let writer: String
    /// The images that use it, by their names (``RepositoryLayout/imageName(_:)``), each with what for: `flat`, `podman`. Nil
    /// where nobody knows.
    var usedBy: [String: [String]]?

    enum CodingKeys: String, CodingKey {
        case configDigest = "config_digest"
        case layers
        case options
        case entries
        case size
        case workingDirectory = "working_directory"
        case user
        case notes
        case writer
        case usedBy = "used_by"
    }

    /// The file's bytes, the same for the same tree.
    func encoded() throws -> [UInt8] { try JSONDocument.encode(self) }

    /// Reads the file; nil where it is no record that this version understands: the tree is made anew then.
    static func decode(_ bytes: [UInt8]) -> TreeRecord? {
        try? JSONDecoder().decode(TreeRecord.self, from: Data(bytes))
    }
}
