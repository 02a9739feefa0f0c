package import Foundation

/// When a desiderata is looked at again that was found to be as it is wanted.
///
/// After an eighth of the time for which its image has been what it is: a tag that was pushed a moment ago may be pushed again,
/// and one that has stood for a year will stand tomorrow. So a tag that changes every night is seen within three hours of it.
package struct LookPolicy: Sendable, Hashable {
    /// Seconds to wait at least.
    package let shortest: TimeInterval
    /// Seconds to wait at most; 0 for each time that anybody looks.
    package let longest: TimeInterval

    /// Two minutes to a day.
    package static let standard = LookPolicy(shortest: 120, longest: 86_400)

    /// A policy by its two numbers, both in seconds.
    package init(shortest: TimeInterval, longest: TimeInterval) {
        self.shortest = shortest
        self.longest = longest
    }

    /// Seconds to wait for an image that has been what it is for `age` seconds. `spread`, from 0 to 1, takes away up to a quarter:
    /// what was looked at together is not for ever.
    package func delay(age: TimeInterval, spread: Double) -> TimeInterval {
        min(longest, max(shortest, age / 8)) * (1 - spread / 4)
    }
}
