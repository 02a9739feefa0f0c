import CVMFS
import Plumbing
import SystemPackage
import Testing

/// One broken catalog at a time.
@Suite struct RepositoryCheckCatalogTests {
    @Test(
        arguments: [
            BrokenRule(
                "",
                "DELETE FROM nested_catalogs WHERE path = '/software'",
                "/software: a mountpoint without a registered catalog (nested-catalogs)",
                "/: self_nested is 3, the rows say 2 (counters)"
            ),
            BrokenRule(
                "",
                "UPDATE catalog SET flags = 1 WHERE name = 'software'",
                "/software: a nested catalog is registered where there is no mountpoint (nested-catalogs)",
                "/software: link count 4, expected 2 (link-count)"
            ),
            BrokenRule(
                "",
                "UPDATE nested_catalogs SET sha1 = NULL WHERE path = '/software'",
                "/software: the nested catalog is registered with no text for a hash (nested-catalogs)"
            ),
            BrokenRule(
                "",
                "UPDATE nested_catalogs SET sha1 = '' WHERE path = '/software'",
                "/software: the nested catalog is registered with \"\" for a hash (nested-catalogs)"
            ),
            BrokenRule(
                "",
                "UPDATE nested_catalogs SET path = '/nothing' WHERE path = '/software'",
                "/nothing: a nested catalog is registered where there is no mountpoint (nested-catalogs)",
                "/software: a mountpoint without a registered catalog (nested-catalogs)"
            ),
            BrokenRule(
                "",
                "UPDATE nested_catalogs SET path = 'software/' WHERE path = '/software'",
                "/software: a mountpoint without a registered catalog (nested-catalogs)",
                "software/: a nested catalog outside of / is registered (nested-catalogs)"
            ),
            BrokenRule(
                "",
                "UPDATE nested_catalogs SET size = size + 1 WHERE path = '/software'",
                "/software: catalog of 25600 bytes, announced are 25601 (catalog)"
            ),
            BrokenRule("", "UPDATE nested_catalogs SET size = 0 WHERE path = '/software'"),
            BrokenRule(
                "",
                "INSERT INTO bind_mountpoints SELECT * FROM nested_catalogs WHERE path = '/software'",
                "/software: is registered both as a nested catalog and as a bind mountpoint (nested-catalogs)"
            ),
            BrokenRule(
                "",
                "UPDATE catalog SET flags = 16387 WHERE name = 'software'",
                "/software: is both a mountpoint and a bind mountpoint (nested-catalogs)"
            ),
            BrokenRule(
                "",
                "UPDATE catalog SET flags = 16385 WHERE name = 'dotted'",
                "/dotted: a mountpoint that has entries in the parent catalog (nested-catalogs)",
                "/dotted: a mountpoint without a registered catalog (nested-catalogs)",
                "/: 2 of 10 rows hang from no directory (orphans)",
                "/: self_dir is 9, the rows say 8 (counters)",
                "/: self_file_size is 2, the rows say 0 (counters)",
                "/: self_regular is 1, the rows say 0 (counters)"
            ),
            BrokenRule(
                "/software",
                "UPDATE nested_catalogs SET sha1 = '' ;INSERT INTO nested_catalogs VALUES ('/software', '', 0)",
                "/software: a nested catalog outside of /software is registered (nested-catalogs)",
                "/software: self_nested is 0, the rows say 1 (counters)"
            ),
            BrokenRule(
                "",
                """
                UPDATE nested_catalogs SET sha1 = (SELECT sha1 FROM nested_catalogs WHERE path = '/data'), size = 0
                WHERE path = '/software'
                """,
                "/software: holds the catalog of /data (root-prefix)"
            ),
        ]
    )
    func registrations(rule: BrokenRule) async throws { try await rule.verify() }

    @Test(
        arguments: [
            BrokenRule(
                "/software",
                "UPDATE properties SET value = '/soft' WHERE key = 'root_prefix'",
                "/software: holds the catalog of /soft (root-prefix)"
            ),
            BrokenRule(
                "/software",
                "DELETE FROM properties WHERE key = 'root_prefix'",
                "/software: holds the catalog of / (root-prefix)"
            ),
            BrokenRule(
                "/software",
                "UPDATE properties SET value = '3.0' WHERE key = 'schema'",
                "/software: catalog of schema 3.0: only 2.4 and 2.5 are supported (catalog)"
            ),
            BrokenRule(
                "/software",
                "DROP TABLE chunks",
                "/software: cannot prepare a statement: no such table: chunks (catalog)"
            ),
            BrokenRule(
                "/software",
                "DELETE FROM catalog WHERE name = 'software'",
                "/software: the catalog has no root (root-entry)",
                "/: subtree_dir is 17, the rows say 16 (counters)",
                "/software: self_dir is 3, the rows say 2 (counters)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET mode = 33188 WHERE name = 'software'",
                "/software: the catalog's root is no directory (root-entry)",
                "/: subtree_dir is 17, the rows say 16 (counters)",
                "/software: self_dir is 3, the rows say 2 (counters)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET flags = 1 WHERE name = 'software'",
                "/software: the catalog's root is not marked as such (root-entry)"
            ),
            BrokenRule(
                "",
                "UPDATE catalog SET rowid = 1000 WHERE name = ''",
                "/: the root's row is number 1000, and clients take the first for it (root-entry)"
            ),
            BrokenRule(
                "",
                "UPDATE catalog SET flags = 33 WHERE name = ''",
                "/: is marked as the root of a nested catalog (root-entry)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET mtime = 1, mode = 16832 WHERE name = 'software'",
                "/software: the rows in parent and nested catalog differ in mode, modification time (transition)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET mtimens = 0 WHERE name = 'software'",
                "/software: the rows in parent and nested catalog differ in modification time (transition)"
            ),
            BrokenRule("/software", "UPDATE catalog SET uid = 7 WHERE name = 'software'"),
            BrokenRule(
                "/software",
                "UPDATE catalog SET parent_1 = 1 WHERE name = 'lib'",
                "/software: 44 of 51 rows hang from no directory (orphans)",
                "/: subtree_dir is 17, the rows say 16 (counters)",
                "/: subtree_file_size is 21004487, the rows say 21004070 (counters)",
                "/: subtree_regular is 58, the rows say 16 (counters)",
                "/: subtree_symlink is 3, the rows say 2 (counters)",
                "/software: self_dir is 3, the rows say 2 (counters)",
                "/software: self_file_size is 437, the rows say 20 (counters)",
                "/software: self_regular is 46, the rows say 4 (counters)",
                "/software: self_symlink is 2, the rows say 1 (counters)",
                "/software: link count 4, expected 3 (link-count)"
            ),
            BrokenRule(
                "/software",
                "DELETE FROM catalog WHERE name = '.cvmfscatalog'",
                "/software: nested catalog without a .cvmfscatalog (marker)",
                "/: subtree_regular is 58, the rows say 57 (counters)",
                "/software: self_regular is 46, the rows say 45 (counters)"
            ),
            BrokenRule(
                "/software",
                "UPDATE catalog SET mode = 41471, flags = 12, hash = NULL WHERE name = '.cvmfscatalog'",
                "/software/.cvmfscatalog: a .cvmfscatalog that is no regular file (marker)",
                "/: subtree_regular is 58, the rows say 57 (counters)",
                "/: subtree_symlink is 3, the rows say 4 (counters)",
                "/software: self_regular is 46, the rows say 45 (counters)",
                "/software: self_symlink is 2, the rows say 3 (counters)"
            ),
            BrokenRule(
                "/software",
                "PRAGMA journal_mode = WAL",
                "/software: not a catalog: no SQLite file in rollback-journal format (catalog)"
            ),
            BrokenRule(
                "",
                "UPDATE properties SET value = '9' WHERE key = 'revision'",
                "/: root catalog of revision 9, the manifest says 3 (revision)"
            ),
            BrokenRule(
                "",
                "UPDATE properties SET value = 'x' WHERE key = 'previous_revision'",
                "/: previous_revision \"x\" is no hash (revision)"
            ),
        ]
    )
    func rootsAndProperties(rule: BrokenRule) async throws { try await rule.verify() }

    @Test(
        arguments: [
            BrokenRule(
                "/software",
                "UPDATE statistics SET value = 7 WHERE counter = 'self_xattr'",
                "/software: self_xattr is 7, the rows say 1 (counters)"
            ),
            BrokenRule(
                "/data",
                "UPDATE statistics SET value = 7 WHERE counter = 'subtree_regular'",
                "/data: subtree_regular is 7, the rows say 4 (counters)"
            ),
            BrokenRule(
                "/software",
                "DELETE FROM statistics WHERE counter = 'subtree_special'",
                "/software: lacks the counter subtree_special (counters)"
            ),
            BrokenRule(
                "/software",
                "DELETE FROM statistics WHERE counter = 'self_chunks'",
                "/software: lacks the counter self_chunks (counters)"
            ),
        ]
    )
    func counters(rule: BrokenRule) async throws { try await rule.verify() }

    @Test func markerInAnOrdinaryDirectory() async throws {
        let name = Array(".cvmfscatalog".utf8)
        let directory = try BytePath("/software/lib")
        let (parent, key) = (try PathKey(directory), try PathKey(directory.appending(name)))
        let sql = """
            UPDATE catalog SET name = '.cvmfscatalog', md5path_1 = \(key.first), md5path_2 = \(key.second),
                parent_1 = \(parent.first), parent_2 = \(parent.second) WHERE name = 'empty'
            """
        try await BrokenRule(
            "/software",
            sql,
            "/software/lib/.cvmfscatalog: a .cvmfscatalog in a directory that is not the root of a catalog (marker)"
        ).verify()
    }

    @Test func mountpointWithEntriesInTheParent() async throws {
        let key = try PathKey(BytePath("/software"))
        let sql = "UPDATE catalog SET parent_1 = \(key.first), parent_2 = \(key.second) WHERE name = 'dotted'"
        try await BrokenRule(
            "",
            sql,
            "/software: a mountpoint that has entries in the parent catalog (nested-catalogs)",
            "/: 3 of 10 rows hang from no directory (orphans)",
            "/: self_dir is 9, the rows say 7 (counters)",
            "/: self_file_size is 2, the rows say 0 (counters)",
            "/: self_regular is 1, the rows say 0 (counters)",
            "/: link count 6, expected 5 (link-count)"
        ).verify()
    }

    @Test func aBrokenCatalogDoesNotHideTheOthers() async throws {
        let editor = try await RepositoryEditor()
        try await editor.editCatalog("/data/deep", "UPDATE catalog SET hardlinks = 7 WHERE name = 'er'")
        try await editor.editCatalog("/software", "DROP TABLE catalog")
        let counter = "UPDATE statistics SET value = 1 WHERE counter = 'self_dir'"
        try await editor.editCatalog("/.layers/ab/abcdef/layerfs", counter)
        #expect(
            try editor.faults() == [
                "/software: cannot prepare a statement: no such table: catalog (catalog)",
                "/.layers/ab/abcdef/layerfs: self_dir is 1, the rows say 10 (counters)",
                "/data/deep/er: link count 7, expected 2 (link-count)",
            ]
        )
    }
}
