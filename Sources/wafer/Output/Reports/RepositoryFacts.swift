import CVMFS
import Conversion
import Foundation
import State
import SystemPackage

/// What `repository info` shows of the published revision.
struct RepositoryFacts: Sendable {
    /// The signed state.
    let state: PublishedState
    private let counters: Counters
    private let freeBytes: Int64?
    /// What the objects take, where somebody counted them.
    private let usedBytes: Int64?
    private let metainfo: String
    private let settings: PublishingSettings

    /// Reads and verifies. Blocks.
    init(_ opened: OpenedRepository) throws {
        let repository = opened.reader
        state = try repository.published()
        let root = try Catalog(bytes: try repository.store.loadInflated(state.manifest.root.hash, .catalog))
        let (own, subtree) = try root.counters()
        counters = own + subtree
        freeBytes = try opened.writable?.freeBytes()
        usedBytes = try opened.writable?.knownUse()?.bytes
        metainfo = String(decoding: try repository.metainfo(), as: UTF8.self)
        settings = opened.settings
    }

    /// The rows.
    func fields(_ registration: RepositoryRegistration, canResign: Bool) -> [Details.Field] {
        let manifest = state.manifest
        return [
            .init("fqrn", "Repository", .text(registration.fqrn)),
            .init("revision", "Revision", .number(Int64(clamping: manifest.revision))),
            .init("root_hash", "Root Hash", .text(manifest.root.hash.description)),
            .init("published", "Published", .time(Date(timeIntervalSince1970: TimeInterval(manifest.published)))),
            .init("ttl", "TTL in Seconds", .number(Int64(manifest.timeToLive))),
        ] + size
            + [
                .init("whitelist_expires", "Whitelist Expires", .time(state.whitelist.end)),
                .init("can_resign", "Master Key Here", .flag(canResign)),
                .init("storage", "Storage", .text(registration.location)),
                .init("free_bytes", "Free Space", .optional(freeBytes, Cell.bytes)),
                .init("used_bytes", "Used Space", .optional(usedBytes, Cell.bytes)),
                .init("quota", "Quota", .optional(registration.quota, Cell.bytes)),
                .init("keys", "Keys", .text(registration.keys.string)),
                .init("url", "URL", .optional(registration.url)),
                .init("publisher", "Publisher", .text(registration.publisher)),
                .init("server_config", "Server Config", .optional(registration.serverConfig?.string)),
                .init("compression", "Compression", .optional(registration.usedCompression)),
                .init("chunks", "Pieces of Files", .text(settings.chunking.text)),
                .init("catalog_entries", "Catalog Limits", .text(settings.limits.text)),
                .init(
                    "hard_links",
                    "Hard Links",
                    .optional(registration.isWrittenByServer ? nil : settings.hardLinks.rawValue)
                ),
                .init("markers", "Markers", .text(settings.markers.rawValue)),
                .init("tree_names", "Names of Images", .text(registration.trees.names)),
                .init("tree_modes", "Modes of Trees", .text(registration.trees.modes.rawValue)),
                .init("mount_points", "Mount Points", .list(registration.trees.mountPoints)),
                .init("keeps_setuid", "Keeps Setuid", .flag(registration.trees.keepsSetuid)),
                .init("master_keys", "Master Keys", .optional(registration.masterKeys)),
                .init("metainfo", "Meta Info", .text(Self.oneLine(metainfo)), isProse: true),
                .init("hash_algorithm", "Hash Algorithm", .text("\(manifest.root.hash.algorithm)")),
            ]
    }

    /// JSON without its line breaks, which mean nothing outside of its strings and cannot be inside them.
    private static func oneLine(_ json: String) -> String {
        json.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    }

    private var size: [Details.Field] {
        let entries = counters[.regular] + counters[.symlink] + counters[.special] + counters[.dir]
        return [
            .init("entries", "Entries", .number(entries)),
            .init("files", "Regular Files", .number(counters[.regular])),
            .init("directories", "Directories", .number(counters[.dir])),
            .init("symlinks", "Symbolic Links", .number(counters[.symlink])),
            .init("special_files", "Special Files", .number(counters[.special])),
            .init("catalogs", "Catalogs", .number(counters[.nested] + 1)),
            .init("bytes", "Size of Files", .bytes(counters[.fileSize])),
        ]
    }
}
