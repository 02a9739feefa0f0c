import Foundation

/// How long the tests that repeat themselves run: those that kill, fuzz, fill disks or count down limits.
///
/// Each has a short form with fixed seeds, which always runs and asserts the same, and a thorough one, which runs where
/// `WAFER_THOROUGH` is 1 in the environment: `script/test --thorough` sets it.
package enum Thoroughness {
    /// Whether the thorough forms run.
    package static let isWanted = ProcessInfo.processInfo.environment["WAFER_THOROUGH"] == "1"

    /// The number of rounds of a test.
    package static func rounds(short: Int, thorough: Int) -> Int {
        isWanted ? thorough : short
    }

    /// The values that a test goes through: all, or those few at which something changes.
    package static func values<Values: Sequence>(
        short: [Values.Element],
        thorough: Values
    ) -> [Values.Element] {
        isWanted ? Array(thorough) : short
    }
}
