import CVMFS
import Plumbing
import Testing

/// One broken row at a time.
@Suite struct RepositoryCheckRowTests {
    @Test(
        arguments: [
            BrokenRule(
                "/software",
                "UPDATE catalog SET hardlinks = 9 WHERE name = 'lib'",
                "/software/lib: link count 9, expected 2 (link-count)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET hardlinks = 0 WHERE name = 'empty'",
                "/software/empty: link count 0 (link-count)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET hardlinks = 2 WHERE name = 'empty'",
                "/software/empty: link count 2 without a hard-link group (hard-links)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET hardlinks = (1 << 32) + 3 WHERE name LIKE 'twin_'",
                "/software/lib/twin2: hard-link group 1 has 2 members in the directory, its link count is 3 (hard-links)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET hardlinks = (1 << 32) + 2 WHERE name LIKE 'twin_';"
                    + "UPDATE catalog SET mtime = mtime + 1, mode = mode + 1 WHERE name = 'twin2'",
                "/software/lib/twin1: hard link of /software/lib/twin2, and they differ in mode, modification time (hard-links)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET hardlinks = (1 << 32) + 2 WHERE name = 'lib'",
                "/software/lib: a directory in a hard-link group (hard-links)"
            ),
            // A group that is as it must be.
            BrokenRule("/software", "UPDATE catalog SET hardlinks = (1 << 32) + 2 WHERE name LIKE 'twin_'"),
        ]
    )
    func linkCounts(rule: BrokenRule) async throws { try await rule.verify() }

    @Test(
        arguments: [
            BrokenRule(
                "/software",
                "UPDATE catalog SET name = '' WHERE name = 'empty'",
                "/: subtree_regular is 58, the rows say 57 (counters)",
                "/software: self_regular is 46, the rows say 45 (counters)",
                "/software: has an entry named \"\" (name)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET name = 'a/b' WHERE name = 'empty'",
                "/: subtree_regular is 58, the rows say 57 (counters)",
                "/software: self_regular is 46, the rows say 45 (counters)",
                "/software: has an entry named \"a/b\" (name)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET name = '..' WHERE name = 'lib'",
                "/software: 43 of 51 rows hang from no directory (orphans)",
                "/: subtree_dir is 17, the rows say 16 (counters)",
                "/: subtree_file_size is 21004487, the rows say 21004070 (counters)",
                "/: subtree_regular is 58, the rows say 16 (counters)",
                "/: subtree_symlink is 3, the rows say 2 (counters)",
                "/software: self_dir is 3, the rows say 2 (counters)",
                "/software: self_file_size is 437, the rows say 20 (counters)",
                "/software: self_regular is 46, the rows say 4 (counters)",
                "/software: self_symlink is 2, the rows say 1 (counters)",
                "/software: has an entry named \"..\" (name)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET name = NULL WHERE name = 'empty'",
                "/: subtree_regular is 58, the rows say 57 (counters)",
                "/software: self_regular is 46, the rows say 45 (counters)",
                "/software: has an entry named \"\" (name)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET symlink = NULL WHERE name = 'empty'",
                "/software/empty: name or link target is not stored as text (name)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET name = CAST(name AS BLOB) WHERE name = 'empty'",
                "/software/empty: name or link target is not stored as text (name)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET md5path_1 = md5path_1 + 1 WHERE name = 'empty'",
                "/: subtree_regular is 58, the rows say 57 (counters)",
                "/software: self_regular is 46, the rows say 45 (counters)",
                "/software/empty: the row has the key of another path (name)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET name = 'other' WHERE name = 'software'",
                "/software: the catalog's root is named \"other\" (name)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET xattr = X'0101' WHERE name = 'attr'",
                "/software/attr: extended attributes are damaged (xattrs)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET xattr = X'' WHERE name = 'attr'",
                "/software/attr: extended attributes are damaged (xattrs)"
            ),
        ]
    )
    func namesAndAttributes(rule: BrokenRule) async throws { try await rule.verify() }

    @Test(
        arguments: [
            BrokenRule(
                "/software",
                "UPDATE catalog SET mode = 420 WHERE name = 'empty'",
                "/: subtree_regular is 58, the rows say 57 (counters)",
                "/: subtree_special is 2, the rows say 3 (counters)",
                "/software: self_regular is 46, the rows say 45 (counters)",
                "/software: self_special is 0, the rows say 1 (counters)",
                "/software/empty: mode 644 names no file type (type)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET flags = flags + 65536 WHERE name = 'abs'",
                "/software/abs: a symlink with flags that only regular files may have (type)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET flags = flags + 128 WHERE name = 'lib'",
                "/software/lib: a directory with flags that only regular files may have (type)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET flags = flags + 64 WHERE name = 'abs'",
                "/software/abs: a symlink with flags that only regular files may have (type)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET flags = 33 WHERE name = 'lib'",
                "/software/lib: is marked as the root of this catalog, which it is not (type)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET flags = flags + 768 WHERE name = 'empty'",
                "/software/empty: flags 772 name an unknown hash function or compression (type)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET flags = flags + 4096 WHERE name = 'empty'",
                "/software/empty: flags 4100 name an unknown hash function or compression (type)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET size = -1 WHERE name = 'attr'",
                "/: subtree_file_size is 21004487, the rows say 21004484 (counters)",
                "/software: self_file_size is 437, the rows say 434 (counters)",
                "/software/attr: a file of -1 bytes (content)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET hash = NULL WHERE name = 'empty'",
                "/software/empty: a file without a content hash (content)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET hash = X'00' WHERE name = 'empty'",
                "/software/empty: a content hash of 1 bytes (content)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET hash = zeroblob(20) WHERE name = 'abs'",
                "/software/abs: a symlink with a content hash (content)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET hash = zeroblob(20) WHERE name = 'lib'",
                "/software/lib: a directory with a content hash (content)"
            ),
            BrokenRule(
                "/.layers/ab/abcdef/layerfs",
                "UPDATE catalog SET hash = zeroblob(20) WHERE name = 'null'",
                "/.layers/ab/abcdef/layerfs/dev/null: a special file with a content hash (content)"
            ),
            BrokenRule(
                "/.layers/ab/abcdef/layerfs",
                "UPDATE catalog SET symlink = 'x' WHERE name = 'fifo'",
                "/.layers/ab/abcdef/layerfs/run/fifo: a special file with a link target (type)"
            ),
            BrokenRule(
                "/.layers/ab/abcdef/layerfs",
                "UPDATE catalog SET size = 5 WHERE name = 'fifo'",
                "/.layers/ab/abcdef/layerfs/run/fifo: a special file of 5 bytes (type)"
            ),
            BrokenRule("/.layers/ab/abcdef/layerfs", "UPDATE catalog SET size = 5 WHERE name = 'null'"),
        ]
    )
    func typesAndContent(rule: BrokenRule) async throws { try await rule.verify() }

    @Test(
        arguments: [
            BrokenRule(
                "/data",
                "DELETE FROM chunks WHERE offset > 0",
                "/: subtree_chunks is 2, the rows say 1 (counters)",
                "/data: self_chunks is 2, the rows say 1 (counters)",
                "/data/big.txt: the chunks end at 16777216, the file has 21000000 bytes (chunks)"
            ),
            BrokenRule(
                "/data",
                "DELETE FROM chunks",
                "/: subtree_chunks is 2, the rows say 0 (counters)",
                "/data: self_chunks is 2, the rows say 0 (counters)",
                "/data/big.txt: a chunked file without chunks (chunks)"
            ),
            BrokenRule(
                "/data",
                "UPDATE chunks SET offset = offset + 1 WHERE offset > 0",
                "/data/big.txt: a chunk starts at 16777217, the one before ends at 16777216 (chunks)",
                "/data/big.txt: the chunks end at 21000001, the file has 21000000 bytes (chunks)"
            ),
            BrokenRule(
                "/data",
                "UPDATE chunks SET size = size - 1 WHERE offset > 0",
                "/data/big.txt: the chunks end at 20999999, the file has 21000000 bytes (chunks)"
            ),
            BrokenRule(
                "/data",
                "UPDATE chunks SET hash = X'01' WHERE offset > 0",
                "/data/big.txt: a chunk of 4222784 bytes with a hash of 1 bytes (chunks)"
            ),
            BrokenRule(
                "/data",
                "UPDATE chunks SET hash = zeroblob(20) WHERE offset > 0",
                "/data/big.txt: object 0000000000000000000000000000000000000000P is missing in memory (object)"
            ),
            BrokenRule("/data", "UPDATE catalog SET flags = flags + 2048 WHERE name = 'big.txt'"),
        ]
    )
    func chunkedFiles(rule: BrokenRule) async throws { try await rule.verify() }
}
