import Foundation
import Layers
import OCI
import Plumbing

/// What a layer has from the layers that lay below it when it was published: `base.json` beside its record. A layer
/// without it is the same wherever it stands.
///
/// Paths begin at the layer's root; bytes that are no printable ASCII, and `%`, stand as `%XX`.
struct LayerBaseRecord: Codable, Sendable, Equatable {
    /// A directory that no member of the layer names.
    struct Directory: Codable, Sendable, Equatable {
        let path: String
        /// The layer whose attributes it has; nil where none has it, and it is 0755, 0:0, of 1970.
        let from: String?
        /// Whether it hides a symbolic link below.
        let overLink: Bool
        /// Whether the layer deletes what lower ones have there; nil for no, and in records of versions before.
        let overDeleted: Bool?

        enum CodingKeys: String, CodingKey {
            case path
            case from
            case overLink = "over_link"
            case overDeleted = "over_deleted"
        }
    }

    /// A hard link to a file of a lower layer, whose content and attributes it has.
    struct Link: Codable, Sendable, Equatable {
        let path: String
        /// The file, links on the way followed.
        let target: String
        let from: String
        /// What the layer says, where that is another path.
        let named: String?
    }

    let directories: [Directory]
    let links: [Link]
    /// Names at the root that an opaque root hides.
    let hiddenNames: [String]
    /// Whether it has an opaque root, be there names or not; nil in records of versions before, which list some then.
    let hidesRoot: Bool?
    /// Directories that hide what lies below, where whoever published the layer stores no attributes; nil for none.
    let opaqueDirectories: [String]?
    /// How many of these are not listed; nil for none. Of each kind 10,000 are, so that the file can be read at once.
    let leftOut: Int?

    private static let limit = 10_000

    enum CodingKeys: String, CodingKey {
        case directories
        case links
        case hiddenNames = "hidden_names"
        case hidesRoot = "hides_root"
        case opaqueDirectories = "opaque_directories"
        case leftOut = "left_out"
    }

    /// The record of a layer on these, bottom to top.
    init(_ base: LayerBase, over layers: [Digest]) {
        func digest(_ layer: Int) -> String { layers.indices.contains(layer) ? layers[layer].description : "" }
        let lists = [
            base.directories.count, base.links.count, base.hiddenNames.count, base.opaqueDirectories.count,
        ]
        let more = lists.reduce(0) { $0 + max(0, $1 - Self.limit) }
        leftOut = more == 0 ? nil : more
        directories = base.directories.prefix(Self.limit).map {
            Directory(
                path: EscapedPath.text($0.path.bytes),
                from: $0.layer.map(digest),
                overLink: $0.isOverLink,
                overDeleted: $0.isOverDeleted ? true : nil
            )
        }
        links = base.links.prefix(Self.limit).map {
            Link(
                path: EscapedPath.text($0.path.bytes),
                target: EscapedPath.text($0.target.bytes),
                from: digest($0.layer),
                named: $0.named == $0.target ? nil : EscapedPath.text($0.named.bytes)
            )
        }
        let opaque = base.opaqueDirectories.prefix(Self.limit).map { EscapedPath.text($0.bytes) }
        opaqueDirectories = opaque.isEmpty ? nil : opaque
        hidesRoot = base.hidesRoot ? true : nil
        hiddenNames = base.hiddenNames.prefix(Self.limit).map { EscapedPath.text($0) }
    }

    /// Whether a layer's root is as one that no member names has it on layers that name none either.
    static func isPlainRoot(_ root: FileAttributes) -> Bool { root == FileAttributes() }

    /// How the layer came to the directories that no member names.
    var namings: [BytePath: DirectoryNaming] {
        var namings: [BytePath: DirectoryNaming] = [:]
        for directory in directories {
            guard let path = EscapedPath.path(directory.path) else { continue }
            namings[path] = directory.overDeleted == true ? .implicitOverDeleted : .implicit
        }
        return namings
    }

    /// The directories that hide what lies below though no attribute says so.
    var opaque: Set<BytePath> { Set((opaqueDirectories ?? []).compactMap(EscapedPath.path)) }

    /// Whether it deletes all that lower layers have in the root.
    var isRootHidden: Bool { hidesRoot ?? !hiddenNames.isEmpty }

    /// The file's bytes.
    func encoded() throws -> [UInt8] { try JSONDocument.encode(self) }

    /// Reads the file. Throws ``ConversionError`` where it is no such record.
    static func decode(_ bytes: [UInt8]) throws -> LayerBaseRecord {
        do {
            return try JSONDecoder().decode(LayerBaseRecord.self, from: Data(bytes))
        } catch {
            throw ConversionError(
                "a base.json in the repository is not one that Wafer wrote: convert with --overwrite-layers"
            )
        }
    }
}

/// Paths in JSON, where text has to be UTF-8.
enum EscapedPath {
    /// The text of a path.
    static func text(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes {
            if (0x20...0x7e).contains(byte), byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + Hex.encode(CollectionOfOne(byte)).uppercased()
            }
        }
        return text
    }

    /// The path of a text; nil where it is none.
    static func path(_ text: String) -> BytePath? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let decoded = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)) else {
                return nil
            }
            bytes += decoded
            rest = rest.dropFirst(2)
        }
        return BytePath(components: bytes.split(separator: UInt8(ascii: "/")))
    }
}
