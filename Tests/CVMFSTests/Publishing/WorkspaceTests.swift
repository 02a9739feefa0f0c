import CVMFS
import Foundation
import Glibc
import Logging
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Where others can write to the folder of the storages, they can put something in the workspace's place.
@Suite("Workspaces that are not believed")
struct WorkspaceTests {
    private func expectRefusal(_ new: NativeRepository, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: CVMFSError.self, sourceLocation: sourceLocation) {
            try new.repository.prepare(.test).end()
        }
        #expect(error?.code == .notTrusted, sourceLocation: sourceLocation)
    }

    @Test("one that is a link is refused", arguments: ["storage.wafer", "storage.wafer/journals"])
    func links(name: String) async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a/layer")
            let place = folder.appending(name)
            try FileManager.default.moveItem(atPath: place.string, toPath: folder.appending("elsewhere").string)
            #expect(symlink(folder.appending("elsewhere").string, place.string) == 0)
            expectRefusal(new)
        }
    }

    @Test("one that others may write is refused", arguments: ["storage.wafer", "storage.wafer/journals"])
    func modes(name: String) async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a/layer")
            #expect(chmod(folder.appending(name).string, 0o770) == 0)
            expectRefusal(new)
        }
    }

    @Test("one of somebody else is refused", .enabled(if: geteuid() == 0, "only root can give files away"))
    func owners() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            #expect(mkdir(folder.appending("storage.wafer").string, 0o700) == 0)
            #expect(chown(folder.appending("storage.wafer").string, 65534, 65534) == 0)
            expectRefusal(new)
        }
    }

    @Test("a link of somebody else above it is refused", .enabled(if: geteuid() == 0, "only root can give links away"))
    func linksAbove() async throws {
        try await withTemporaryFolder { folder in
            _ = try NativeRepository(in: folder)
            let link = FilePath("\(folder)-link")
            #expect(symlink(folder.string, link.string) == 0)
            defer { unlink(link.string) }
            let reached = try Repository(
                fqrn: NativeRepository.fqrn,
                storage: link.appending("storage"),
                keys: folder.appending("keys"),
                logger: Logger(label: "test")
            )
            // The administrator's own link is one that leads to a larger disk.
            try reached.prepare(.test).end()
            #expect(lchown(link.string, 65534, 65534) == 0)
            let error = #expect(throws: CVMFSError.self) {
                try reached.prepare(.test).end()
            }
            #expect(error?.code == .notTrusted)
            #expect("\(error, default: "")".contains("\(link) is a link of the user 65534"))
        }
    }

    @Test("one that is exchanged while a publication is under way is not read and not written")
    func exchange() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a/layer")
            let workspace = folder.appending("storage.wafer")
            let moved = folder.appending("moved")
            let preparation = try new.repository.prepare(.test)
            #expect(rename(workspace.string, moved.string) == 0)
            #expect(mkdir(workspace.string, 0o700) == 0)
            let entries = try new.entries(["f": [2]], preparation)
            let catalog = try preparation.catalog(of: entries, at: BytePath("b/layer"))
            _ = try new.repository.commit(preparation, .test) { try $0.attach(catalog) }
            try preparation.end()
            try await new.expectSound()
            let planted = try FileManager.default.subpathsOfDirectory(atPath: workspace.string)
            #expect(Set(planted).isSubset(of: ["commit.lock", "journals"]), "\(planted)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: moved.appending("journals").string) == [])
        }
    }

    @Test("a lock that is a link is refused at once", arguments: ["journal.lock", "commit.lock"])
    func lockLinks(name: String) async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a/layer")
            let lock = folder.appending("storage.wafer").appending(name)
            try FileManager.default.removeItem(atPath: lock.string)
            let victim = folder.appending("victim")
            try victim.write([1, 2, 3])
            #expect(symlink(victim.string, lock.string) == 0)
            let error = #expect(throws: CVMFSError.self) { try new.publish(["f": [2]], at: "a/layer") }
            #expect(error?.code == .refused)
            #expect(try victim.contents() == [1, 2, 3])
        }
    }
}

/// What clients read has the modes that web servers need, whatever the mask of the process.
@Suite("Modes of what is served")
struct ServedModesTests {
    @Test("a mask of 077 closes the workspace and the keys, and nothing of the storage")
    func mask() async {
        // The mask is that of a whole process.
        await #expect(processExitsWith: .success) {
            umask(0o077)
            try await withTemporaryFolder { folder in
                let storage = folder.appending("srv/cvmfs/storage")
                let keys = folder.appending("keys")
                let repository = try RepositoryCreation(
                    fqrn: NativeRepository.fqrn,
                    storage: storage,
                    keys: keys
                ).run(now: Date(), logger: Logger(label: "test"))
                let new = NativeRepository(folder: folder, repository: repository)
                try new.publish(["f": [1]], at: "a/layer")
                let served = try FileManager.default.subpathsOfDirectory(atPath: storage.string)
                var places = served.map { storage.appending($0) }
                places += [storage, folder.appending("srv"), folder.appending("srv/cvmfs")]
                for place in places {
                    var status = stat()
                    guard lstat(place.string, &status) == 0 else { throw Closed(path: place.string) }
                    let wanted: mode_t = status.st_mode & S_IFMT == S_IFDIR ? 0o755 : 0o644
                    guard status.st_mode & 0o777 == wanted else { throw Closed(path: place.string) }
                }
                for place in [keys, FilePath("\(storage).wafer")] {
                    var status = stat()
                    guard lstat(place.string, &status) == 0, status.st_mode & 0o777 == 0o700 else {
                        throw Closed(path: place.string)
                    }
                }
            }
        }
    }

    private struct Closed: Error {
        let path: String
    }
}
