import CVMFS
import Plumbing
import Testing

/// The numbers of docs/cvmfs-format.md §13.4.
@Suite struct CatalogEntryTests {
    private func chunked(_ algorithm: HashAlgorithm, _ compression: ObjectCompression) throws -> StoredContent {
        let hash = try ContentHash(algorithm, of: [1])
        return .chunked(
            [FileChunk(offset: 0, size: 4, hash: hash), FileChunk(offset: 4, size: 3, hash: hash)],
            algorithm: algorithm,
            compression: compression
        )
    }

    private func flags(_ content: StoredContent) -> Int {
        CatalogEntry.file([97], content: content, modified: 0).flags.rawValue
    }

    @Test func filesHaveTheFlagsOfTheirContent() throws {
        func whole(_ algorithm: HashAlgorithm, _ compression: ObjectCompression) throws -> StoredContent {
            .whole(hash: try ContentHash(algorithm, of: []), size: 0, compression: compression)
        }
        #expect(try flags(whole(.sha1, .zlib)) == 4)
        #expect(try flags(whole(.sha1, .none)) == 2052)
        #expect(try flags(chunked(.sha1, .zlib)) == 68)
        #expect(try flags(chunked(.sha1, .none)) == 2116)
        #expect(try flags(whole(.shake128, .zlib)) == 516)
        #expect(try flags(whole(.shake128, .none)) == 2564)
        #expect(try flags(chunked(.shake128, .zlib)) == 580)
        #expect(try flags(chunked(.shake128, .none)) == 2628)
    }

    @Test func otherFlags() {
        let transition: EntryFlags = [.directory, .mountpoint]
        let nestedRoot: EntryFlags = [.directory, .nestedRoot]
        let symlink: EntryFlags = [.file, .symlink]
        let special: EntryFlags = [.file, .special]
        let external: EntryFlags = [.file, .external]
        #expect(CatalogEntry.directory([97], modified: 0).flags.rawValue == 1)
        #expect(transition.rawValue == 3)
        #expect(nestedRoot.rawValue == 33)
        #expect(symlink.rawValue == 12)
        #expect(special.rawValue == 20)
        #expect(external.rawValue == 132)
        #expect(EntryFlags.directIO.rawValue == 0x10000)
        #expect(EntryFlags.hidden.rawValue == 0x8000)
        #expect(EntryFlags.bindMountpoint.rawValue == 0x4000)
    }

    @Test func flagsTellTheAlgorithm() {
        #expect(EntryFlags(rawValue: 2628).algorithm == .shake128)
        #expect(EntryFlags(rawValue: 4).algorithm == .sha1)
        #expect(EntryFlags(rawValue: 4 | 3 << 8).algorithm == nil)
    }

    @Test func fileOfChunksHasTheirSizeAndNoHash() throws {
        let entry = CatalogEntry.file([97], content: try chunked(.sha1, .zlib), permissions: 0o4755, modified: -1)
        #expect(entry.size == 7)
        #expect(entry.hash == nil)
        #expect(entry.mode == 0o104755)
        #expect(entry.type == .regular)
        #expect(entry.linkCount == 1)
    }

    @Test func markerIsAnEmptyFile() throws {
        let marker = try CatalogEntry.marker(algorithm: .sha1)
        #expect(marker.name == Array(".cvmfscatalog".utf8))
        #expect(marker.hash?.description == "e8ec3d88b62ebf526e4e5a4ff6162a3aa48a6b78")
        #expect(marker.size == 0)
        #expect(marker.flags.rawValue == 4)
        #expect(marker.mode == 0o100644)
    }

    @Test func countersCountByType() throws {
        var counters = Counters()
        var file = CatalogEntry.file([97], content: try chunked(.sha1, .zlib), modified: 0)
        file.xattrs = [1, 1, 1, 0, 97]
        counters.count(file, chunks: 2)
        var mountpoint = CatalogEntry.directory([98], modified: 0)
        mountpoint.flags.insert(.mountpoint)
        counters.count(mountpoint, chunks: 0)
        var device = CatalogEntry.directory([99], modified: 0)
        device.mode = 0o020666
        counters.count(device, chunks: 0)
        let expected: [Counters.Name: Int64] = [
            .regular: 1, .dir: 1, .special: 1, .nested: 1, .chunked: 1, .chunks: 2, .fileSize: 7, .chunkedSize: 7,
            .xattr: 1,
        ]
        for name in Counters.Name.allCases { #expect(counters[name] == expected[name] ?? 0, "\(name)") }
        counters.count(file, chunks: 2, by: -1)
        #expect(counters[.fileSize] == 0)
        #expect(counters[.dir] == 1)
    }
}
