import Glibc
import SystemPackage

/// The database's file as the file system sees it: made for its owner alone.
struct DatabaseFile {
    let path: FilePath

    /// Whether there is a file. Throws where something else bears the name.
    func exists() throws -> Bool {
        do {
            guard try Stat(path).type == .regular else {
                throw StateError.cannotOpen(path, reason: "this is not a file")
            }
            return true
        } catch Errno.noSuchFileOrDirectory {
            return false
        } catch let error as Errno {
            throw StateError.cannotOpen(path, reason: error.description)
        }
    }

    /// Makes an empty file, unless there is one. SQLite gives its side files the permissions of the main one.
    ///
    /// Returns whether it was made here.
    func create() throws -> Bool {
        do {
            let file = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            try file.close()
            return true
        } catch Errno.fileExists {
            return false
        } catch let error as Errno {
            throw StateError.cannotOpen(path, reason: "cannot create it: \(error)")
        }
    }

    /// Takes the permissions of everybody else away; returns whether there were any.
    func makePrivate() throws -> Bool {
        do {
            let permissions = try Stat(path).permissions
            let others: FilePermissions = [.groupReadWriteExecute, .otherReadWriteExecute]
            guard !permissions.isDisjoint(with: others) else { return false }
            guard chmod(path.string, permissions.subtracting(others).rawValue) == 0 else {
                throw Errno(rawValue: errno)
            }
            return true
        } catch let error as Errno {
            throw StateError.cannotOpen(path, reason: "cannot make it private: \(error)")
        }
    }
}
