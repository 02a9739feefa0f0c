/// Below which rate a transfer counts as broken: a byte every few seconds is no stall, and would never end either.
///
/// curl's `--speed-limit` and `--speed-time`, git's `http.lowSpeedLimit` and `http.lowSpeedTime`.
package struct MinimumRate: Sendable, Equatable {
    /// Fewer bytes a second than this are too few.
    package var bytesPerSecond: Int
    /// The time that has to be waited for bytes before they are counted.
    package var window: Duration

    /// A rate.
    package init(bytesPerSecond: Int, window: Duration) {
        self.bytesPerSecond = bytesPerSecond
        self.window = window
    }

    /// For production.
    package static let standard = MinimumRate(bytesPerSecond: 1_024, window: .seconds(60))
}
