import Foundation
import Plumbing
import State

/// Looks at what is done again and again: looks at registries, pruning, the collection of garbage.
struct ScheduleDoctor {
    let database: StateDatabase
    let fqrn: String
    let now: Date

    /// A loop that is well is not so late.
    private static let late: TimeInterval = 3_600
    private static let day: TimeInterval = 86_400
    /// What is unwanted for longer than a week's grace and a day.
    private static let unwantedFor: TimeInterval = 8 * 86_400

    func examine() async throws -> [DoctorCheck] {
        let records = try await database.housekeeping.records(of: fqrn)
        return [try await looks(), try await pruning(records[.pruning]), collection(records)]
    }

    private func looks() async throws -> DoctorCheck {
        let overdue = try await database.wishes.overdueLooks(of: fqrn, before: now - Self.late)
        let owner = try await database.claims.loopOwner(at: now)
        let loop = owner.map { "wafer loop is \($0)" } ?? "no wafer loop is running"
        guard overdue.count > 0 else { return .ok("looks", "none is overdue; \(loop)") }
        let since = overdue.since.map { " since \($0.formatted(.iso8601))" } ?? ""
        let text = "\(Counted.text(overdue.count, "desiderata")) to look at\(since), and \(loop)"
        let remedy =
            owner == nil
            ? "start `wafer loop`, or run `wafer convert`"
            : "look at its messages: registries may be slow, or `wafer status --state failed` tells more"
        return .warning("looks", text, remedy: remedy)
    }

    private func pruning(_ last: HousekeepingStore.Record?) async throws -> DoctorCheck {
        let remedy = "`wafer prune \(fqrn)`, or `wafer loop --prune-every 1d`"
        if let trouble = last?.trouble, let at = last?.at {
            return .warning("pruning", "at \(at.formatted(.iso8601)): \(trouble)", remedy: "mend that, then \(remedy)")
        }
        let old = try await database.removals.unwantedImages(in: fqrn).filter { now - $0.since >= Self.unwantedFor }
        let when = last.map { "last done \($0.at.formatted(.iso8601))" } ?? "never done"
        guard !old.isEmpty, last.map({ now - $0.at > Self.day }) ?? true else { return .ok("pruning", when) }
        let text = "\(when), and nobody wants \(Counted.text(old.count, "image")) for more than a week"
        return .warning("pruning", text, remedy: remedy)
    }

    private func collection(_ records: [HousekeepingWork: HousekeepingStore.Record]) -> DoctorCheck {
        let (last, pruning) = (records[.collection], records[.pruning])
        let remedy = "`wafer repository gc \(fqrn)`, or `wafer loop --gc-at 03:00`"
        let name = "garbage collection"
        if let last, let trouble = last.trouble {
            return .warning(name, "at \(last.at.formatted(.iso8601)): \(trouble)", remedy: "mend that, then \(remedy)")
        }
        let when = last.map { "last done \($0.at.formatted(.iso8601))" } ?? "never done"
        // What is pruned takes its room until then.
        guard let pruning, last.map({ pruning.at > $0.at && now - $0.at > Self.unwantedFor }) ?? true else {
            return .ok(name, when)
        }
        let text = "\(when), and what was pruned \(pruning.at.formatted(.iso8601)) takes its room until then"
        return .warning(name, text, remedy: remedy)
    }
}

/// Seconds between two times.
private func - (left: Date, right: Date) -> TimeInterval { left.timeIntervalSince(right) }
