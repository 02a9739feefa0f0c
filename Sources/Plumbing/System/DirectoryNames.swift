package import Glibc
package import SystemPackage

/// Reading the names in a folder.
package enum DirectoryNames {
    /// The names that `next` gives until it gives none, without `.` and `..`; `next` is `readdir` of an open folder.
    ///
    /// Throws the error of a folder that cannot be read to its end: `readdir` answers that like the end, and only `errno`
    /// tells it from one (readdir(3)).
    package static func all(_ next: () -> UnsafeMutablePointer<dirent>?) throws(Errno) -> [[UInt8]] {
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = next() else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in bytes.prefix { $0 != 0 }.map { $0 } }
            if name != [UInt8(ascii: ".")], name != Array("..".utf8) { names.append(name) }
        }
        guard errno == 0 else { throw Errno(rawValue: errno) }
        return names
    }
}
