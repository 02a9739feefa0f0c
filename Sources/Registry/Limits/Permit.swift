import Synchronization

/// The right to one of what is limited, as requests to a host: given back once, when it is released or forgotten.
package final class Permit: Sendable {
    private let isReleased = Atomic<Bool>(false)
    private let giveBack: @Sendable () -> Void

    /// A right that is given back by this.
    package init(_ giveBack: @escaping @Sendable () -> Void) {
        self.giveBack = giveBack
    }

    /// Gives it back.
    package func release() {
        if !isReleased.exchange(true, ordering: .acquiringAndReleasing) { giveBack() }
    }

    deinit { release() }
}
