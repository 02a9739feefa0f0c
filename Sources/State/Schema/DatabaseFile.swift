import Glibc
import Logging
import Plumbing
import SystemPackage

/// The database's file as the file system sees it: made for its owner alone.
///
/// It is looked at before it is touched: somebody may have named any file, or put a link where the database was. What is
/// changed is only the file that was seen, once it is known to be a database that Wafer may take. Who may rename files in
/// its folder can still exchange it at the moment at which SQLite, which opens by name, comes to it: then SQLite has opened
/// that one's file, and `makePrivate` says so and changes nothing.
struct DatabaseFile {
    private static let sideFiles = ["-wal", "-shm", "-journal"]
    private static let others: FilePermissions = [.groupReadWriteExecute, .otherReadWriteExecute]

    /// As the operator names it.
    let path: FilePath
    private let seen: SeenFile

    /// What is there; nil where nothing is.
    ///
    /// Throws `StateError` where it is no file, belongs to somebody else, or lies behind somebody else's link, and where
    /// that is so of a file which SQLite would read beside it.
    static func look(_ path: FilePath) throws -> DatabaseFile? {
        do {
            guard let seen = try SeenFile.look(path, links: .ours) else { return nil }
            guard seen.isRegular else { throw seen.irregularity }
            guard seen.isOurs else {
                throw StateError.cannotOpen(
                    path,
                    reason: "it belongs to the user \(seen.owner): run Wafer as that user, or name another file"
                )
            }
            let file = DatabaseFile(path: path, seen: seen)
            _ = try file.lookBeside()
            return file
        } catch let fault as FileFault {
            throw StateError.cannotOpen(path, reason: fault.description)
        }
    }

    /// What is there, made first if nothing is.
    static func lookOrCreate(_ path: FilePath) throws -> DatabaseFile {
        if let file = try look(path) { return file }
        try create(path)
        if let file = try look(path) { return file }
        throw StateError.cannotOpen(path, reason: "it is a link that leads nowhere: remove it")
    }

    /// Makes an empty file, unless there is one. SQLite gives its side files the permissions of the main one.
    private static func create(_ path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            try file.close()
        } catch Errno.fileExists {
            // Another process was faster.
        } catch let error as Errno {
            throw StateError.cannotOpen(path, reason: "cannot create it: \(error)")
        }
    }

    /// Takes the permissions of everybody else away, of the side files too; says so at `level` if there were any.
    func makePrivate(_ logger: Logger, _ level: Logger.Level) throws {
        do {
            guard let now = try SeenFile.look(path, links: .ours), now.isSame(as: seen) else {
                throw FileFault.exchanged
            }
            let exposed = try ([seen] + lookBeside()).filter { !$0.permissions.isDisjoint(with: Self.others) }
            for file in exposed { try file.setPermissions(file.permissions.subtracting(Self.others)) }
            if !exposed.isEmpty {
                logger.log(
                    level: level,
                    "\(path) could be read by other users: it is now readable by its owner alone"
                )
            }
        } catch let fault as FileFault {
            throw StateError.cannotOpen(path, reason: "cannot make it private: \(fault)")
        }
    }

    /// The files that SQLite keeps beside the database, next to what links lead to.
    private func lookBeside() throws -> [SeenFile] {
        try Self.sideFiles.compactMap { suffix in
            let name = FilePath(seen.path.string + suffix)
            // SQLite follows no link there, and makes none.
            guard let file = try SeenFile.look(name, links: .nobodys) else { return nil }
            guard file.isRegular, file.isOurs || file.owner == seen.owner else {
                throw StateError.cannotOpen(
                    path,
                    reason: "\(name) beside it is no file of this user: look who put it there, and remove it"
                )
            }
            return file
        }
    }
}
