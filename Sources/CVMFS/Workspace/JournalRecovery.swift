import Foundation
import Logging
import SystemPackage

/// Cleans up after preparations whose process is gone (docs/decisions/010-crash-and-power.md).
///
/// An object that such a process wrote is removed only where nothing can refer to it: no other preparation lives, and
/// the manifest is what it was when the journal began. Otherwise it is hashed again, since a power failure may
/// have torn it, and removed only if its content is not what its name says. The others are noted for the next garbage
/// collection, which knows what is needed.
struct JournalRecovery {
    let workspace: OpenWorkspace
    let store: any ObjectStore
    let commitGuard: any CommitGuard
    let logger: Logger

    /// A journal whose process is gone.
    private struct Remains {
        let place: FilePlace
        let lock: FileLock
        let header: Journal.Header?
        let objects: [Journal.Object]
    }

    /// Cleans up. The caller holds the workspace's `journalLock`, so that no preparation begins meanwhile.
    func run(publishedMark: () throws -> String) throws {
        let (remains, othersLive) = try collect()
        if remains.isEmpty { return }
        // Whoever commits without a journal of ours must not lose anything either.
        let lock = othersLive ? nil : try commitGuard.attempt(purpose: "cleaning up")
        try withExtendedLifetime(lock) {
            try cleanUp(remains, unchanged: lock == nil ? nil : try publishedMark())
        }
    }

    /// Objects of journals that began when `unchanged` was published have no reader; nil where some may.
    private func cleanUp(_ remains: [Remains], unchanged: String?) throws {
        for journal in remains {
            logger.notice(
                "removing what a publication had stored that did not come to its end",
                metadata: ["journal": "\(journal.place)"]
            )
            // Where nobody else is at work, every temporary file is a dead process's.
            let label = journal.place.path.lastComponent.map { "\($0.string)." } ?? LocalObjectStore.temporaryPrefix
            let prefix = unchanged == nil ? label : LocalObjectStore.temporaryPrefix
            try store.removeTemporaryFiles(prefix: prefix)
            if let header = journal.header, header.published == unchanged {
                for object in journal.objects where try isYoung(object, header, journal.place) {
                    try store.remove(object.hash, object.kind)
                }
            } else {
                try removeTorn(journal.objects)
                try OrphanedObjects(in: workspace).add(
                    try journal.objects.filter { object in
                        guard try store.size(of: object.hash, object.kind) != nil else { return false }
                        return try journal.header.map { try isYoung(object, $0, journal.place) } ?? true
                    }
                )
            }
            try rehashAfterPowerFailure(journal)
            guard journal.place.remove() else { throw SystemCall.error("remove", "\(journal.place)") }
        }
    }

    /// Whether an object can have been written by the journal's preparation. One that is older is somebody else's, whatever
    /// a journal of a copied or restored workspace says.
    private func isYoung(_ object: Journal.Object, _ header: Journal.Header, _ place: FilePlace) throws -> Bool {
        // File systems count in whole seconds at the worst.
        guard let modified = try store.modified(object.hash, object.kind), modified < header.started - 1 else {
            return true
        }
        logger.warning(
            "a journal names an object that is older than it: that is left alone",
            metadata: ["journal": "\(place)", "object": "\(object.hash)\(object.kind.letter)"]
        )
        return false
    }

    private func collect() throws -> (remains: [Remains], othersLive: Bool) {
        var remains: [Remains] = []
        var othersLive = false
        for name in try workspace.journals.names().sorted() {
            let place = workspace.journals.place(name)
            do {
                guard let lock = try FileLock.attempt(place, create: false) else {
                    othersLive = true
                    continue
                }
                // Its preparation may have come to its end after it was listed, and taken it away.
                if lock.isAt(place) { remains.append(try read(place, lock: lock)) }
            } catch let error as CVMFSError where error.code == .notFound {
                continue
            }
        }
        return (remains, othersLive)
    }

    private func read(_ place: FilePlace, lock: FileLock) throws -> Remains {
        var bytes: [UInt8] = []
        try SystemCall.read(lock.descriptor, "\(place)") { bytes.append(contentsOf: $0) }
        // The last line may be cut: its object has no name yet, so it does not count.
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        lines.removeLast()
        // A journal without a whole first line belongs to a process that had not written an object yet.
        let header = lines.first.flatMap { try? JSONDecoder().decode(Journal.Header.self, from: Data($0.utf8)) }
        let notes = lines.dropFirst()
        let objects = notes.compactMap { ContentHash.parse(objectPath: $0) }
        if objects.count < notes.count {
            logger.warning(
                "a journal names what is no object: that is left alone",
                metadata: ["journal": "\(place)", "lines": "\(notes.count - objects.count)"]
            )
        }
        return Remains(place: place, lock: lock, header: header, objects: objects)
    }

    /// After a power failure the journal's last lines may be lost, so everything as young as it is hashed again.
    private func rehashAfterPowerFailure(_ journal: Remains) throws {
        guard let header = journal.header, header.boot != (try Journal.bootID()) else { return }
        var young: [Journal.Object] = []
        try store.lister?.forEachObject { path, modified in
            guard modified >= header.started - 1, let object = ContentHash.parse(objectPath: path) else { return }
            young.append(object)
        }
        try removeTorn(young)
    }

    private func removeTorn(_ objects: [Journal.Object]) throws {
        for (hash, kind) in objects {
            do {
                _ = try store.verify(hash, kind)
            } catch let error as CVMFSError where error.code == .notFound {
                continue
            } catch let error as CVMFSError where error.code == .corrupt {
                logger.warning("removing a torn object", metadata: ["object": "\(hash)\(kind.letter)"])
                try store.remove(hash, kind)
            }
        }
    }
}
