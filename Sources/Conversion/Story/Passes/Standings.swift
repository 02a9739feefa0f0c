import State

/// Where the desideratas of a pass stand, read many at a time, shortly before they are looked at.
struct Standings {
    /// Read together.
    private static let window = 256
    /// What was read is believed for so long: nobody converts behind a pass that does not take long.
    private static let lifetime = Duration.seconds(60)

    private struct Entry {
        let standing: ConversionHistory.Standing
        let end: ContinuousClock.Instant
    }

    private let history: ConversionHistory
    private let wanted: [Desiderata]
    private var known: [Int: Entry] = [:]

    init(_ history: ConversionHistory, _ wanted: [Desiderata]) {
        self.history = history
        self.wanted = wanted
    }

    /// Where the one with this number stands. It is asked once.
    mutating func take(_ number: Int) async throws -> ConversionHistory.Standing? {
        if let entry = known.removeValue(forKey: number), entry.end > .now { return entry.standing }
        let numbers = number..<min(number + Self.window, wanted.count)
        let read = try await history.standings(of: wanted[numbers].map(\.id))
        let end = ContinuousClock.now + Self.lifetime
        for other in numbers.dropFirst() {
            if let standing = read[wanted[other].id] { known[other] = Entry(standing: standing, end: end) }
        }
        return read[wanted[number].id]
    }
}
