import SystemPackage
import TestSupport

/// A database as the original program leaves it, made by another SQLite than ours: Python's.
enum OriginalDatabase {
    /// Writes the file with the desiderata of the document's sample.
    static func write(to path: FilePath) async throws {
        try await ExternalTool.run("python3", ["-c", script, path.string])
    }

    /// The original's tables (its type `STRING` has numeric affinity, which the tag `4` shows).
    private static let script = #"""
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        db.executescript("""
        CREATE TABLE gorp_migrations (id varchar(255) PRIMARY KEY, applied_at datetime);
        INSERT INTO gorp_migrations VALUES ('desiderata and converted table', '2018-08-02'),
            ('Add view for image_name', '2018-08-02');
        CREATE TABLE credential (user STRING NOT NULL, registry STRING NOT NULL, password STRING NOT NULL,
            PRIMARY KEY (user, registry));
        CREATE TABLE image (id INTEGER PRIMARY KEY, user STRING, scheme STRING NOT NULL, registry STRING NOT NULL,
            repository STRING NOT NULL, tag STRING, digest STRING, is_thin INT NOT NULL);
        CREATE TABLE desiderata (id INTEGER PRIMARY KEY, input_image INTEGER NOT NULL, output_image INTEGER NOT NULL,
            cvmfs_repo STRING NOT NULL);
        CREATE TABLE converted (desiderata INTEGER, input_reference STRING NOT NULL);
        INSERT INTO credential VALUES ('smosciat', 'gitlab-registry.cern.ch', 'correct horse battery');
        INSERT INTO image VALUES
            (1, NULL, 'https', 'registry.hub.docker.com', 'library/redis', '4', NULL, 0),
            (2, 'smosciat', 'https', 'gitlab-registry.cern.ch', 'smosciat/containerd/thin/redis', '4', NULL, 1);
        INSERT INTO desiderata VALUES (1, 1, 2, 'cd.cern.ch');
        """)
        db.commit()
        """#
}
