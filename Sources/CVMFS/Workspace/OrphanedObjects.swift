import Foundation
import Glibc
import Plumbing

/// Objects of preparations whose process is gone, and which could not be removed at once since somebody had published
/// meanwhile. No reference log names them; perhaps a revision needs them. A garbage collection finds out.
///
/// Two files of a path on each line: what was noted, and what a collection has taken over until its end.
struct OrphanedObjects {
    private let noted: FilePlace
    private let taken: FilePlace

    init(in workspace: OpenWorkspace) {
        noted = workspace.orphanedObjects
        taken = noted.beside(".taken")
    }

    /// Notes objects, durably. The caller holds the workspace's `journalLock`.
    func add(_ objects: [Journal.Object]) throws {
        if objects.isEmpty { return }
        try append(objects.map { $0.hash.objectPath($0.kind) + "\n" }.joined(), to: noted)
    }

    /// Takes over what was noted, for a collection that is going to remove it. The caller holds the workspace's `journalLock`.
    func take() throws {
        guard noted.status() != nil else { return }
        guard taken.status() != nil else { return try noted.rename(to: taken) }
        // One that was interrupted had taken some over before.
        try append(try Self.text(of: noted), to: taken)
        guard noted.remove() else { throw SystemCall.error("remove", "\(noted)") }
    }

    /// Forgets what was taken over: the collection came to its end.
    func forgetTaken() throws {
        guard taken.status() == nil || taken.remove() else { throw SystemCall.error("remove", "\(taken)") }
    }

    /// All of them.
    func forEach(_ body: (ContentHash, ObjectKind) throws -> Void) throws {
        for place in [taken, noted] where place.status() != nil {
            // The last line may be cut: its process ended before it removed the journal, which says it again.
            for line in try Self.text(of: place).split(separator: "\n") {
                if let object = ContentHash.parse(objectPath: line) { try body(object.hash, object.kind) }
            }
        }
    }

    private static func text(of place: FilePlace) throws -> String {
        let file = place.open(O_RDONLY)
        guard file >= 0 else { throw SystemCall.error("open", "\(place)") }
        defer { close(file) }
        var bytes: [UInt8] = []
        try SystemCall.read(file, "\(place)") { bytes.append(contentsOf: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func append(_ text: String, to place: FilePlace) throws {
        let file = place.open(O_WRONLY | O_APPEND | O_CREAT)
        guard file >= 0 else { throw SystemCall.error("open", "\(place)") }
        defer { close(file) }
        // Behind a line that was cut.
        try Array("\n\(text)".utf8).withUnsafeBytes { try SystemCall.write($0, to: file, "\(place)") }
        guard fsync(file) == 0 else { throw SystemCall.error("sync", "\(place)") }
    }
}
