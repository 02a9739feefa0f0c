import Plumbing

/// Directories that are made in root file systems for what is mounted there.
package enum MountPoints {
    /// The most that a repository has.
    private static let most = 64
    /// The most bytes of a name, and of a path (`NAME_MAX` and `PATH_MAX` of Linux).
    private static let (longestName, longestPath) = (255, 4095)

    /// The same paths, each once, without what says nothing: `//srv2/` is `/srv2`.
    ///
    /// Throws `StateError.invalidValue`, which says what is wrong, for what is no absolute path of a directory below the
    /// root, and for more than 64.
    package static func checked(_ paths: [String]) throws -> [String] {
        var checked: [String] = []
        for path in paths {
            let normalised = try self.checked(path)
            if !checked.contains(where: { $0.utf8.elementsEqual(normalised.utf8) }) { checked.append(normalised) }
        }
        guard checked.count <= most else {
            throw StateError.invalidValue(
                "\(checked.count) mount points are too many: a repository has at most \(most)"
            )
        }
        return checked
    }

    private static func checked(_ path: String) throws -> String {
        func refused(_ reason: String) -> StateError {
            .invalidValue("\(Printable.text(path)) cannot be a mount point: \(reason)")
        }
        guard path.utf8.first == UInt8(ascii: "/") else { throw refused("write an absolute path, as /srv2") }
        guard !path.unicodeScalars.contains(where: Printable.isHidden) else {
            throw refused("it has control characters")
        }
        // By bytes, as the kernel does: a combining character makes another Character of a slash.
        let components = path.utf8.split(separator: UInt8(ascii: "/"))
        guard !components.isEmpty else { throw refused("the root of every image is there") }
        guard !components.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) else {
            throw refused("\".\" and \"..\" are no names: write where it leads")
        }
        guard !components.contains(where: { $0.starts(with: ".cvmfs".utf8) }) else {
            throw refused("names that begin with .cvmfs mean something to clients")
        }
        guard components.allSatisfy({ $0.count <= longestName }), path.utf8.count <= longestPath else {
            throw refused("names have at most \(longestName) bytes, paths \(longestPath)")
        }
        return components.map { "/" + String(Substring($0)) }.joined()
    }
}
