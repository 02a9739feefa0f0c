import CVMFS
import Foundation
import State
import SystemPackage

/// What `repository info` shows of the published revision.
struct RepositoryFacts: Sendable {
    /// The signed state.
    let state: PublishedState
    private let counters: Counters
    private let freeBytes: Int64?

    /// Reads and verifies. Blocks.
    init(_ repository: Repository) throws {
        state = try repository.published()
        let root = try Catalog(bytes: try repository.store.loadInflated(state.manifest.root.hash, .catalog))
        let (own, subtree) = try root.counters()
        counters = own + subtree
        freeBytes = try repository.store.freeBytes()
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
                .init("storage", "Storage", .text(registration.storage.string)),
                .init("free_bytes", "Free Space", .optional(freeBytes, Cell.bytes)),
                .init("keys", "Keys", .text(registration.keys.string)),
                .init("url", "URL", .optional(registration.url)),
                .init("publisher", "Publisher", .text(registration.publisher)),
                .init("compression", "Compression", .text(registration.compression)),
                .init("hash_algorithm", "Hash Algorithm", .text("\(manifest.root.hash.algorithm)")),
            ]
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
