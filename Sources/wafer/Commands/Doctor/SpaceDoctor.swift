import CVMFS
import Conversion
import Foundation
import Plumbing
import State
import SystemPackage

/// Looks whether there is room for the next day, if it is as the last ones were.
struct SpaceDoctor {
    let database: StateDatabase
    let registration: RepositoryRegistration
    let opener: RepositoryOpener
    let now: Date

    private static let day: TimeInterval = 86_400
    /// So many days tell how much a day brings.
    private static let days = 7
    /// Tables of large images and what waits for its place are in the temporary folder.
    private static let scarce: Int64 = 1 << 30
    private static let tooLittle: Int64 = 256 << 20

    private var fqrn: String { registration.fqrn }

    func examine() async -> [DoctorCheck] {
        [
            await DoctorCheck.of("space for a day") { try await room() },
            await DoctorCheck.of("temporary folder") { try await temporaryFolder() },
        ]
    }

    /// The most that a day brings: the last one, or one of the last week on average.
    private func rate() async throws -> (bytes: Int64, text: String) {
        let week = try await database.history.growth(of: fqrn, since: now - TimeInterval(Self.days) * Self.day)
        let last = try await database.history.growth(of: fqrn, since: now - Self.day)
        let bytes = max(last.bytes, week.bytes / Int64(Self.days))
        let text =
            "\(ByteCount.text(last.bytes)) were added in the last day, \(ByteCount.text(week.bytes)) in the last "
            + "\(Self.days)"
        return (bytes, text)
    }

    private func room() async throws -> DoctorCheck {
        let name = "space for a day"
        let space = try await space()
        let (rate, text) = try await rate()
        var rooms: [(bytes: Int64, text: String)] = []
        if let free = space.free {
            let room = max(0, free - space.reserve)
            rooms.append((room, "\(ByteCount.text(room)) of the disk"))
        }
        if let quota = space.quota, let used = space.used {
            let room = max(0, quota - used)
            rooms.append((room, "\(ByteCount.text(room)) of the quota of \(ByteCount.text(quota))"))
        }
        guard let least = rooms.min(by: { $0.bytes < $1.bytes }) else { return .ok(name, text) }
        let left = rooms.map(\.text).joined(separator: " and ")
        let remedy =
            "`wafer prune \(fqrn)` and then `wafer repository gc \(fqrn)`, a larger disk, or `wafer repository set \(fqrn) "
            + "--quota BYTES`"
        if least.bytes == 0 { return .failed(name, "\(left) are left: conversions stop", remedy: remedy) }
        guard rate > 0 else { return .ok(name, "\(left) are left; \(text)") }
        let days = least.bytes / rate
        let found = "\(left) are left; \(text): enough for \(days < 1 ? "less than a day" : Counted.text(days, "day"))"
        if days < 1 { return .failed(name, found, remedy: remedy) }
        return days < Int64(Self.days) ? .warning(name, found, remedy: remedy) : .ok(name, found)
    }

    /// What is known without changing anything.
    private func space() async throws -> RepositorySpace {
        let quota = registration.quota
        let repository: Repository?
        do {
            repository = try await opener.reading(registration).writable
        } catch {
            // The look at the repository itself says so.
            repository = nil
        }
        guard let repository else { return RepositorySpace(used: nil, quota: quota, free: nil) }
        return try await onDedicatedThread("free space") {
            RepositorySpace(
                used: try repository.knownUse()?.bytes,
                quota: quota,
                free: try repository.freeBytes(),
                reserve: try repository.reservedBytes()
            )
        }
    }

    private func temporaryFolder() async throws -> DoctorCheck {
        let folder = FilePath(FileManager.default.temporaryDirectory.path)
        let free = try await onDedicatedThread("free space") { try DiskSpace.free(at: folder) }
        let text = "\(ByteCount.text(free)) free in \(folder)"
        let remedy = "make room there, or name another folder by TMPDIR"
        if free < Self.tooLittle { return .failed("temporary folder", text, remedy: remedy) }
        if free < Self.scarce { return .warning("temporary folder", text, remedy: remedy) }
        return .ok("temporary folder", text)
    }
}
