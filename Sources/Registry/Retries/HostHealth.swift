import Synchronization

/// Which registries answer. One that does not is set aside for a while, shortly at first, so that what is wanted of it fails
/// at once and holds up nobody.
package final class HostHealth: Sendable {
    /// How long a registry is left alone at first, and at most: the time doubles with each failure after that.
    package static let firstPause = Duration.seconds(60)
    /// The longest.
    package static let longestPause = Duration.seconds(3_600)

    private struct Trouble {
        var failures = 0
        var end: ContinuousClock.Instant
        var cause: String
        /// It answered, and then the content did not come: another short answer does not make it well.
        var isOfContent: Bool
    }

    private struct State {
        var troubles: [String: Trouble] = [:]
        var answering: Set<String> = []
        /// Those whose mirrors answer.
        var served: Set<String> = []
    }

    private let clock: NetworkClock
    private let setsAside: Bool
    private let state = Mutex(State())

    init(clock: NetworkClock, setsAside: Bool) {
        self.clock = clock
        self.setsAside = setsAside
    }

    /// Whether a registry has answered since it last failed, or a mirror for it.
    package func isAnswering(_ host: String) -> Bool {
        state.withLock { $0.answering.contains(host) || $0.served.contains(host) }
    }

    /// Whether a registry is to be given less time: nobody knows whether it is there.
    func isFirstContact(_ host: String) -> Bool {
        setsAside && state.withLock { !$0.answering.contains(host) }
    }

    /// Throws where a registry is set aside.
    func check(_ host: String, _ purpose: Purpose) throws {
        let now = clock.now()
        guard let trouble = state.withLock({ $0.troubles[host] }), trouble.end > now else { return }
        throw RegistryError(
            .setAside,
            purpose,
            detail:
                "\(host) did not answer before (\(trouble.cause)), and is asked again in \((trouble.end - now).inSeconds)"
        )
    }

    /// Notes that an answer came.
    func answered(_ host: String) {
        state.withLock { state in
            state.answering.insert(host)
            if state.troubles[host]?.isOfContent == false { state.troubles[host] = nil }
        }
    }

    /// Notes that a mirror answered for a registry.
    func served(_ host: String) {
        _ = state.withLock { $0.served.insert(host) }
    }

    /// Notes that all came that was asked for.
    func succeeded(_ host: String) {
        state.withLock { state in
            state.answering.insert(host)
            state.troubles[host] = nil
        }
    }

    /// Sets a registry aside where nothing came of it. Other failures are answers.
    func failed(_ host: String, _ error: RegistryError, isOfContent: Bool) {
        guard setsAside, error.code == .timedOut || error.code == .unreachable, error.status == nil else { return }
        let now = clock.now()
        state.withLock { state in
            let before = state.troubles[host]
            // Requests that were under way at the same time are one failure.
            if let before, before.end > now { return }
            let failures = (before?.failures ?? 0) + 1
            let pause = min(Self.longestPause, Self.firstPause * (1 << min(failures - 1, 10)))
            state.answering.remove(host)
            state.served.remove(host)
            state.troubles[host] = Trouble(
                failures: failures,
                end: now + pause,
                cause: error.detail ?? error.code.rawValue,
                isOfContent: isOfContent
            )
        }
    }
}
