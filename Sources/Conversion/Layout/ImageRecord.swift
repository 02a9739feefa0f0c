import CVMFS
import Foundation
import OCI
import Plumbing
import Registry
import State

/// What lies in a repository for one image's name beside its layers: `image.json` in the folder of its metadata. By it a later
/// conversion finds what is no longer wanted, whatever the platforms, names and outputs were then.
package struct ImageRecord: Codable, Sendable, Equatable {
    /// The image for one platform.
    struct Image: Codable, Sendable, Equatable, Comparable {
        /// As `linux/amd64`.
        let platform: String
        /// The digest of its configuration, which names its tree and its place in podman's store.
        let config: String
        /// Where its manifest lies; nil where that is another image's by now.
        var folder: String?
        /// The names that lead to its tree, as the repository gives them, those that lead there over another one too.
        var names: [String]
        /// Whether podman's store shall have it.
        var isForPodman: Bool

        enum CodingKeys: String, CodingKey {
            case platform
            case config
            case folder
            case names
            case isForPodman = "podman"
        }

        static func < (left: Image, right: Image) -> Bool {
            (left.folder ?? "", left.platform, left.config) < (right.folder ?? "", right.platform, right.config)
        }
    }

    /// The images, in the order of their folders: the same whoever of several wrote it down.
    var images: [Image]
    /// Names that people chose, each with the configuration of the image it leads to. They go with nothing.
    var chosen: [String: String]

    init(images: [Image] = [], chosen: [String: String] = [:]) {
        self.images = images
        self.chosen = chosen
    }

    /// What a repository has; of one without a record that there may be the files of an image for one platform.
    init(of source: ImageSource, in contents: [BytePath: [UInt8]]) throws {
        let record = try contents[RepositoryLayout.imageRecord(source)].flatMap(Self.decode)
        self =
            try record
            ?? ImageRecord(images: [
                Image(
                    platform: "",
                    config: "",
                    folder: RepositoryLayout.image(source).text,
                    names: [],
                    isForPodman: false
                )
            ])
    }

    /// Nil for what this version does not understand: it is written anew.
    private static func decode(_ bytes: [UInt8]) -> ImageRecord? {
        let record = try? JSONDecoder().decode(ImageRecord.self, from: Data(bytes))
        return record?.isSane == true ? record : nil
    }

    /// Whether it names images, and only what may be an image's.
    private var isSane: Bool {
        func isPath(_ text: String) -> Bool { (try? BytePath(text))?.isRoot == false }
        let folders = images.compactMap(\.folder)
        // Of one that was there before there were records the configuration is not known, and nothing was made.
        let made = images.filter { !$0.config.isEmpty || !$0.names.isEmpty || $0.isForPodman }
        return (made.map(\.config) + chosen.values).allSatisfy { (try? Digest(parsing: $0)) != nil }
            && (images.flatMap(\.names) + chosen.keys + folders).allSatisfy(isPath)
            && folders.allSatisfy { $0.hasPrefix(RepositoryLayout.metadata.text + "/") }
    }

    /// The file's bytes, the same for the same record; nil where it would say nothing that is not clear without it.
    func encoded() throws -> [UInt8]? {
        let isPlain = images.count < 2 && uses.isEmpty && images.allSatisfy { $0.folder?.hasPrefix(Self.plain) == true }
        return isPlain ? nil : try JSONDocument.encode(self)
    }

    private static let plain = RepositoryLayout.images.text + "/"

    /// Adds what is left of an image, if anything is.
    mutating func add(_ rest: Image) {
        let index = images.firstIndex { $0.config == rest.config && $0.platform == rest.platform }
        if let index, rest.folder == nil {
            images[index].names = (images[index].names + rest.names).sorted()
            images[index].isForPodman = images[index].isForPodman || rest.isForPodman
        } else if !rest.names.isEmpty || rest.isForPodman || rest.folder != nil {
            images.append(rest)
        }
    }

    /// What each tree is used for, by the configuration of its image.
    var uses: [String: Set<OutputFormat>] {
        var uses: [String: Set<OutputFormat>] = [:]
        for image in images {
            if !image.names.isEmpty { uses[image.config, default: []].insert(.flat) }
            if image.isForPodman { uses[image.config, default: []].insert(.podman) }
        }
        for config in chosen.values { uses[config, default: []].insert(.flat) }
        return uses
    }
}

extension BytePath {
    /// As a record has it, of names that are UTF-8.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
