import CVMFS
import Conversion
import Foundation
import Testing

@Suite struct HousekeepingTests {
    @Test(
        "garbage is collected at the next time of the day that is said",
        arguments: [("02:59", 3), ("03:00", 27), ("12:00", 27)]
    )
    func nextCollection(now: String, hours: Int) throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let midnight = Date(timeIntervalSince1970: 1_800_057_600)
        let parts = now.split(separator: ":").compactMap { Double($0) }
        let date = midnight + parts[0] * 3600 + parts[1] * 60
        let schedule = Housekeeping.Schedule(
            pruning: nil,
            grace: 0,
            collectionMinute: 180,
            policy: CollectionPolicy()
        )
        let next = try #require(schedule.nextCollection(after: date, calendar: calendar))
        #expect(next > date && next.timeIntervalSince(date) <= 86_400)
        #expect(calendar.dateComponents([.hour, .minute], from: next) == DateComponents(hour: 3, minute: 0))
        #expect(next.timeIntervalSince(midnight) == TimeInterval(hours) * 3600)
    }
}
