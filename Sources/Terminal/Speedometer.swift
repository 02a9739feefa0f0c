/// Bytes a second over the last few seconds.
struct Speedometer: Sendable, Equatable {
    private var samples: [Sample]

    private struct Sample: Equatable {
        let time: Duration
        let bytes: Int64
    }

    /// How far back it looks, and how often it takes a note.
    private static let window = Duration.seconds(5)
    private static let step = Duration.milliseconds(250)

    init(start: Duration) {
        samples = [Sample(time: start, bytes: 0)]
    }

    /// Notes how many bytes were done at a time.
    mutating func note(_ bytes: Int64, at time: Duration) {
        if let last = samples.last, time - last.time < Self.step { return }
        samples.append(Sample(time: time, bytes: bytes))
        while samples.count > 2, time - samples[1].time >= Self.window { samples.removeFirst() }
    }

    /// Bytes a second; nil where there is too little to tell.
    func rate(_ bytes: Int64, at time: Duration) -> Int64? {
        guard let first = samples.first else { return nil }
        let seconds = (time - first.time) / .seconds(1)
        guard seconds >= 0.2, bytes > first.bytes else { return nil }
        return Int64(Double(bytes - first.bytes) / seconds)
    }
}
