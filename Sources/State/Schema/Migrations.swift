import GRDB

/// The schema's history. What is published here never changes: a database stops where its version ended.
enum Migrations {
    /// "WAFR" in the file's header: tells our databases from others, whatever their tables are called.
    static let applicationID: Int32 = 0x5741_4652

    /// The migration that gives an empty database the first schema: rows of the original program go into this one.
    static let first = "1 users, images, desideratas, repositories, conversions, claims"

    /// Repositories that `cvmfs_server` manages, and tags that every revision gets.
    static let third = "3 server configurations and automatic tags of repositories"

    /// Refresh tokens instead of passwords, and credentials that may go over a network without TLS.
    static let fourth = "4 kinds of credentials"

    /// How `cvmfs_server` published, and what it could not store.
    static let fifth = "5 transactions and losses of conversions"

    /// What is made of an image and for which platforms; wishes without an output image.
    static let sixth = "6 outputs and platforms of desideratas"

    /// What becomes of hard links, and whether clients see the markers of catalogs.
    static let seventh = "7 forms of repositories"

    /// How images become root file systems, desideratas for all platforms, and what a conversion pushed.
    static let eighth = "8 trees of repositories, all platforms, names of what was pushed"

    /// Which desideratas were changed, or how their repository makes trees, since they were looked at.
    static let ninth = "9 desideratas that wait for a change"

    /// Recipes, and which desideratas are theirs.
    static let tenth = "10 recipes"

    /// When desideratas are looked at again.
    static let eleventh = "11 next looks at desideratas"

    /// What nobody wants any more.
    static let twelfth = "12 images and paths of repositories that nobody wants any more"

    /// What may be published, and how much of it.
    static let thirteenth = "13 private images, limits of recipes, space of repositories"

    /// Which repositories were taken over.
    static let fourteenth = "14 when repositories of other programs were adopted"

    /// Desideratas that several recipes want.
    static let fifteenth = "15 what recipes leave to each other"

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(first) { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: SchemaOne.sql)
        }
        migrator.registerMigration("2 how repositories are cut, and whom they trust") { db in
            for column in ["chunking", "catalog_limits", "master_keys"] {
                try db.execute(sql: "ALTER TABLE repository ADD COLUMN \(column) TEXT CHECK (\(column) <> '')")
            }
        }
        migrator.registerMigration(third) { db in
            try db.execute(
                sql: """
                    ALTER TABLE repository ADD COLUMN server_config TEXT CHECK (server_config <> '');
                    ALTER TABLE repository ADD COLUMN auto_tag TEXT;
                    """
            )
        }
        migrator.registerMigration(fourth) { db in
            try db.execute(
                sql: """
                    ALTER TABLE credential ADD COLUMN kind TEXT NOT NULL DEFAULT 'password'
                        CHECK (kind IN ('password', 'token'));
                    ALTER TABLE credential ADD COLUMN plain_http INTEGER NOT NULL DEFAULT 0
                        CHECK (plain_http IN (0, 1));
                    """
            )
        }
        migrator.registerMigration(fifth) { db in
            try db.execute(
                sql: """
                    ALTER TABLE conversion ADD COLUMN transactions INTEGER CHECK (transactions >= 0);
                    ALTER TABLE conversion ADD COLUMN losses TEXT CHECK (losses <> '');
                    """
            )
        }
        migrator.registerMigration(sixth) { db in try db.execute(sql: SchemaSix.sql) }
        migrator.registerMigration(seventh) { db in
            for column in ["hard_links", "markers"] {
                try db.execute(sql: "ALTER TABLE repository ADD COLUMN \(column) TEXT CHECK (\(column) <> '')")
            }
        }
        migrator.registerMigration(eighth) { db in try db.execute(sql: SchemaEight.sql) }
        migrator.registerMigration(ninth) { db in
            try db.execute(
                sql: """
                    ALTER TABLE desiderata ADD COLUMN changed_at TEXT
                        CHECK (changed_at GLOB '????-??-?? ??:??:??.???')
                    """
            )
        }
        migrator.registerMigration(tenth) { db in try db.execute(sql: SchemaTen.sql) }
        migrator.registerMigration(eleventh) { db in try db.execute(sql: SchemaEleven.sql) }
        migrator.registerMigration(twelfth) { db in try db.execute(sql: SchemaTwelve.sql) }
        migrator.registerMigration(thirteenth) { db in try db.execute(sql: SchemaThirteen.sql) }
        migrator.registerMigration(fourteenth) { db in
            try db.execute(
                sql: """
                    ALTER TABLE repository ADD COLUMN adopted_at TEXT
                        CHECK (adopted_at GLOB '????-??-?? ??:??:??.???');
                    ALTER TABLE repository ADD COLUMN adopted_revision INTEGER CHECK (adopted_revision >= 0);
                    """
            )
        }
        migrator.registerMigration(fifteenth) { db in
            // What the last plan of a recipe left to others, and whether some of that passed to it since.
            try db.execute(
                sql: """
                    CREATE TABLE recipe_left (
                        desiderata INTEGER NOT NULL REFERENCES desiderata (id) ON DELETE CASCADE,
                        recipe INTEGER NOT NULL REFERENCES recipe (id) ON DELETE CASCADE,
                        PRIMARY KEY (desiderata, recipe)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX recipe_left_by ON recipe_left (recipe);
                    CREATE INDEX recipe_gone ON recipe_desiderata (desiderata) WHERE gone_since IS NOT NULL;
                    ALTER TABLE recipe ADD COLUMN inherits INTEGER NOT NULL DEFAULT 0 CHECK (inherits IN (0, 1));
                    """
            )
        }
        return migrator
    }
}
