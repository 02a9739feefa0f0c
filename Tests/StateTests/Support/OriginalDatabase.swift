import SystemPackage

/// A database as the original program made it (docs of its tables: credential, image, desiderata, converted).
enum OriginalDatabase {
    /// Its two migrations. STRING has numeric affinity; foreign keys were enforced by its connections only.
    static let schema = """
        CREATE TABLE gorp_migrations (id varchar(255) NOT NULL PRIMARY KEY, applied_at datetime);
        INSERT INTO gorp_migrations VALUES ('desiderata and converted table', '2018-08-01 10:00:00'),
                                           ('Add view for image_name', '2018-08-01 10:00:00');
        CREATE TABLE credential (
            user STRING NOT NULL, registry STRING NOT NULL, password STRING NOT NULL,
            PRIMARY KEY (user, registry), CHECK (user <> ''), CHECK (registry <> ''), CHECK (password <> ''));
        CREATE TABLE image (
            id INTEGER PRIMARY KEY, user STRING, scheme STRING NOT NULL, registry STRING NOT NULL,
            repository STRING NOT NULL, tag STRING, digest STRING, is_thin INT NOT NULL,
            CHECK (scheme <> ''), CHECK (registry <> ''), CHECK (repository <> ''), CHECK (tag <> ''),
            CHECK (digest <> ''), CHECK (tag IS NOT NULL OR digest IS NOT NULL),
            CHECK (is_thin = 0 OR (user IS NOT NULL AND user <> '')),
            UNIQUE (user, registry, repository, tag), UNIQUE (user, registry, repository, digest),
            FOREIGN KEY (user, registry) REFERENCES credential (user, registry));
        CREATE TABLE desiderata (
            id INTEGER PRIMARY KEY, input_image INTEGER NOT NULL, output_image INTEGER NOT NULL,
            cvmfs_repo STRING NOT NULL, UNIQUE (input_image, output_image, cvmfs_repo),
            FOREIGN KEY (input_image) REFERENCES image (id), FOREIGN KEY (output_image) REFERENCES image (id));
        CREATE TABLE converted (
            desiderata INTEGER, input_reference STRING NOT NULL, UNIQUE (desiderata, input_reference),
            FOREIGN KEY (desiderata) REFERENCES desiderata (id));
        CREATE VIEW image_name (image_id, name, manifest_url) AS
            SELECT id, printf('%s://%s/%s:%s', scheme, registry, repository, tag), '' FROM image;
        """

    /// Makes the file, with `sql` after the schema and `pragmas` before it.
    static func make(_ path: FilePath, pragmas: String = "", _ sql: String) throws {
        try RawDatabase.run(path, "\(pragmas); \(schema) \(sql)")
    }

    /// The document's session: a user, an input, an output, a desiderata, a conversion.
    static let session = """
        INSERT INTO credential VALUES ('foo', 'gitlab-registry.cern.ch', 'clear-text-of-foo');
        INSERT INTO image VALUES
            (1, NULL, 'https', 'registry.hub.docker.com', 'library/redis', 'alpine', NULL, 0),
            (2, 'foo', 'https', 'gitlab-registry.cern.ch', 'thin/redis', 'alpine', NULL, 1);
        INSERT INTO desiderata VALUES (7, 1, 2, 'cd.cern.ch');
        INSERT INTO converted VALUES (7, 'sha256:\(String(repeating: "c", count: 64))');
        """
}
