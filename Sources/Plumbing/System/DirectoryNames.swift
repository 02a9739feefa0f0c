package import Glibc
package import SystemPackage

/// Reading the names in a folder.
package enum DirectoryNames {
    /// The names in a folder at a path below an open one, or in that itself, `.`. Throws the error of what cannot be read
    /// to its end.
    package static func all(in path: String, at folder: Int32) throws(Errno) -> [[UInt8]] {
        try reading(path, at: folder) { _ in true }
    }

    /// The same of what may be links: the folder's own list mostly tells, so that nothing has to be looked at.
    package static func possibleLinks(in path: String, at folder: Int32) throws(Errno) -> [[UInt8]] {
        try reading(path, at: folder) { $0 == UInt8(DT_LNK) || $0 == UInt8(DT_UNKNOWN) }
    }

    private static func reading(
        _ path: String,
        at folder: Int32,
        where isWanted: (_ type: UInt8) -> Bool
    ) throws(Errno) -> [[UInt8]] {
        // A descriptor of its own: reading moves the position of whatever shares one.
        let own = openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0 else { throw Errno(rawValue: errno) }
        guard let stream = fdopendir(own) else {
            let error = Errno(rawValue: errno)
            close(own)
            throw error
        }
        defer { closedir(stream) }
        return try all {
            while let entry = readdir(stream) { if isWanted(entry.pointee.d_type) { return entry } }
            return nil
        }
    }

    /// The names that `next` gives until it gives none or there are `limit`, without `.` and `..`; `next` is `readdir` of an
    /// open folder.
    ///
    /// Throws the error of a folder that cannot be read to its end: `readdir` answers that like the end, and only `errno`
    /// tells it from one (readdir(3)).
    package static func all(
        atMost limit: Int = .max,
        _ next: () -> UnsafeMutablePointer<dirent>?
    ) throws(Errno) -> [[UInt8]] {
        var names: [[UInt8]] = []
        while names.count < limit {
            errno = 0
            guard let entry = next() else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in bytes.prefix { $0 != 0 }.map { $0 } }
            if name != [UInt8(ascii: ".")], name != Array("..".utf8) { names.append(name) }
        }
        return names
    }
}
