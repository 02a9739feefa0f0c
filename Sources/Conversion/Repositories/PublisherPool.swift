package import State
import Synchronization

/// Publishers that are opened once for many images, and again after a minute: a storage may have been replaced.
package final class PublisherPool: Sendable {
    private struct Entry {
        let registration: RepositoryRegistration
        let publisher: any Publisher
        let end: ContinuousClock.Instant
        /// Until when nobody asks whether the registration is the same.
        let trusted: ContinuousClock.Instant
    }

    private static let lifetime = Duration.seconds(60)
    /// Thousands of images ask within seconds.
    private static let trust = Duration.seconds(1)
    private let registration: @Sendable (_ fqrn: String) async throws -> RepositoryRegistration
    private let opener: RepositoryOpener
    private let now: @Sendable () -> ContinuousClock.Instant
    private let known = Mutex<[String: Entry]>([:])

    /// Opens with these rules.
    ///
    /// - Parameters:
    ///   - opener: the rules.
    ///   - registration: how a repository is registered now.
    ///   - now: the clock of the minute.
    package init(
        _ opener: RepositoryOpener,
        registration: @escaping @Sendable (_ fqrn: String) async throws -> RepositoryRegistration,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.registration = registration
        self.opener = opener
        self.now = now
    }

    /// What publishes to a repository; what was changed about its registration counts within a second. One that
    /// `cvmfs_server` manages is opened each time: what its owner changes in `server.conf` counts at once.
    package func publisher(of fqrn: String) async throws -> any Publisher {
        let entry = known.withLock { $0[fqrn] }
        if let entry, entry.trusted > now() { return entry.publisher }
        let registration = try await registration(fqrn)
        guard registration.serverConfig == nil else { return try await opener.publisher(registration) }
        let isKnown = entry.map { $0.registration == registration && $0.end > now() } ?? false
        let publisher = if isKnown, let entry { entry.publisher } else { try await opener.publisher(registration) }
        let end = isKnown ? entry?.end : nil
        let new = Entry(
            registration: registration,
            publisher: publisher,
            end: end ?? now() + Self.lifetime,
            trusted: now() + Self.trust
        )
        known.withLock { $0[fqrn] = new }
        return publisher
    }
}
