/// A piece of work with a known number of bytes.
package struct ProgressItem: Sendable, Equatable {
    /// What a person calls it, in ASCII.
    package let label: String
    /// All its bytes.
    package let total: Int64
    /// The bytes that are done.
    package internal(set) var done: Int64 = 0
    /// How fast it goes.
    var speed: Speedometer

    /// A piece of work that begins at a time.
    init(label: String, total: Int64, at time: Duration) {
        self.label = label
        self.total = total
        speed = Speedometer(start: time)
    }

    /// From 0 to 1; work without bytes is done.
    package var fraction: Double {
        total > 0 ? min(1, max(0, Double(done) / Double(total))) : 1
    }
}
