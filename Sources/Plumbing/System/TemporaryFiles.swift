import Glibc
package import SystemPackage

/// Where SQLite puts files without names, such as large catalogs (https://www.sqlite.org/tempfiles.html, section 5).
package enum TemporaryFiles {
    /// The first of these folders that this user may write to.
    package static var folder: FilePath {
        let named = ["SQLITE_TMPDIR", "TMPDIR"].compactMap { (name: String) in getenv(name).map { String(cString: $0) }
        }
        let all = named + ["/var/tmp", "/usr/tmp", "/tmp"]
        return FilePath(all.first { isFolder($0) && access($0, W_OK | X_OK) == 0 } ?? ".")
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
