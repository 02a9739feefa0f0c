/// The schema of the first migration. Frozen: later migrations alter it.
///
/// Text columns are TEXT: the original's STRING has numeric affinity and turned the tag 3.10 into 3.1. STRICT tables
/// refuse what is of another type.
enum SchemaOne {
    static let sql = """
        CREATE TABLE credential (
            user TEXT NOT NULL CHECK (user <> ''),
            registry TEXT NOT NULL CHECK (registry <> ''),
            canonical_registry TEXT NOT NULL CHECK (canonical_registry <> ''),
            sealed BLOB NOT NULL CHECK (length(sealed) > 0),
            key_id TEXT NOT NULL CHECK (key_id <> ''),
            PRIMARY KEY (user, canonical_registry)
        ) STRICT, WITHOUT ROWID;

        -- No foreign key to credential: an image may outlive its user.
        CREATE TABLE image (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            text TEXT NOT NULL CHECK (text <> ''),
            user TEXT CHECK (user <> ''),
            scheme TEXT NOT NULL CHECK (scheme <> ''),
            registry TEXT NOT NULL CHECK (registry <> ''),
            canonical_registry TEXT NOT NULL CHECK (canonical_registry <> ''),
            repository TEXT NOT NULL CHECK (repository <> ''),
            tag TEXT CHECK (tag <> ''),
            digest TEXT CHECK (digest GLOB '?*:?*'),
            is_thin INTEGER NOT NULL CHECK (is_thin IN (0, 1)),
            CHECK (tag IS NOT NULL OR digest IS NOT NULL)
        ) STRICT;
        -- NULLs are distinct in a plain UNIQUE constraint.
        CREATE UNIQUE INDEX image_identity ON image (
            canonical_registry, repository, ifnull(tag, ''), ifnull(digest, ''), ifnull(user, ''), scheme
        );

        -- No foreign key to repository: it may be registered later.
        CREATE TABLE desiderata (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            input_image INTEGER NOT NULL REFERENCES image (id),
            output_image INTEGER NOT NULL REFERENCES image (id),
            cvmfs_repository TEXT NOT NULL CHECK (cvmfs_repository <> ''),
            added_at TEXT CHECK (added_at GLOB '????-??-?? ??:??:??.???'),
            UNIQUE (input_image, output_image, cvmfs_repository)
        ) STRICT;
        CREATE INDEX desiderata_output ON desiderata (output_image);

        CREATE TABLE repository (
            fqrn TEXT NOT NULL PRIMARY KEY CHECK (fqrn <> ''),
            storage TEXT NOT NULL CHECK (storage <> ''),
            keys TEXT NOT NULL CHECK (keys <> ''),
            url TEXT CHECK (url <> ''),
            publisher TEXT NOT NULL DEFAULT 'native' CHECK (publisher <> ''),
            compression TEXT NOT NULL CHECK (compression <> '')
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE conversion (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            desiderata INTEGER NOT NULL REFERENCES desiderata (id) ON DELETE CASCADE,
            outcome TEXT NOT NULL CHECK (outcome IN ('running', 'succeeded', 'failed', 'interrupted', 'imported')),
            started_at TEXT CHECK (started_at GLOB '????-??-?? ??:??:??.???'),
            finished_at TEXT CHECK (finished_at GLOB '????-??-?? ??:??:??.???'),
            reference_digest TEXT CHECK (reference_digest GLOB '?*:?*'),
            manifest_digest TEXT CHECK (manifest_digest GLOB '?*:?*'),
            platform TEXT CHECK (platform GLOB '?*/?*'),
            config_digest TEXT CHECK (config_digest GLOB '?*:?*'),
            revision INTEGER CHECK (revision >= 0),
            published_at TEXT CHECK (published_at GLOB '????-??-?? ??:??:??.???'),
            thin_digest TEXT CHECK (thin_digest GLOB '?*:?*'),
            pushed_at TEXT CHECK (pushed_at GLOB '????-??-?? ??:??:??.???'),
            error TEXT CHECK (error <> ''),
            bytes_new INTEGER NOT NULL DEFAULT 0 CHECK (bytes_new >= 0),
            bytes_known INTEGER NOT NULL DEFAULT 0 CHECK (bytes_known >= 0),
            layers_new INTEGER NOT NULL DEFAULT 0 CHECK (layers_new >= 0),
            layers_known INTEGER NOT NULL DEFAULT 0 CHECK (layers_known >= 0),
            CHECK ((revision IS NULL) = (published_at IS NULL)),
            CHECK ((thin_digest IS NULL) = (pushed_at IS NULL)),
            -- The repository comes first, then the thin image.
            CHECK (thin_digest IS NULL OR revision IS NOT NULL),
            CHECK (outcome <> 'succeeded' OR thin_digest IS NOT NULL),
            CHECK ((outcome IN ('succeeded', 'failed')) = (finished_at IS NOT NULL)),
            CHECK ((outcome IN ('failed', 'interrupted')) = (error IS NOT NULL)),
            CHECK (outcome = 'imported' OR started_at IS NOT NULL),
            CHECK (outcome <> 'imported' OR config_digest IS NOT NULL),
            CHECK (revision IS NULL OR (reference_digest IS NOT NULL AND manifest_digest IS NOT NULL
                                        AND platform IS NOT NULL AND config_digest IS NOT NULL))
        ) STRICT;
        CREATE INDEX conversion_history ON conversion (desiderata, id);
        CREATE UNIQUE INDEX conversion_running ON conversion (desiderata) WHERE outcome = 'running';

        CREATE TABLE back_off (
            desiderata INTEGER PRIMARY KEY REFERENCES desiderata (id) ON DELETE CASCADE,
            failures INTEGER NOT NULL CHECK (failures > 0),
            next_attempt TEXT NOT NULL CHECK (next_attempt GLOB '????-??-?? ??:??:??.???')
        ) STRICT;

        CREATE TABLE claim (
            token TEXT NOT NULL PRIMARY KEY CHECK (token <> ''),
            kind TEXT NOT NULL CHECK (kind IN ('desiderata', 'loop')),
            desiderata INTEGER REFERENCES desiderata (id) ON DELETE CASCADE,
            pid INTEGER NOT NULL CHECK (pid > 0),
            start_ticks INTEGER NOT NULL,
            host TEXT NOT NULL,
            boot_id TEXT NOT NULL,
            pid_namespace TEXT NOT NULL,
            claimed_at TEXT NOT NULL CHECK (claimed_at GLOB '????-??-?? ??:??:??.???'),
            renewed_at TEXT NOT NULL CHECK (renewed_at GLOB '????-??-?? ??:??:??.???'),
            CHECK ((kind = 'desiderata') = (desiderata IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX claim_subject ON claim (kind, ifnull(desiderata, 0));

        CREATE TABLE set_aside (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL CHECK (source <> ''),
            content TEXT NOT NULL CHECK (json_valid(content)),
            reason TEXT NOT NULL CHECK (reason <> '')
        ) STRICT;
        """
}
