package import State
import Synchronization

/// Publishers that are opened once for many images, and again after a minute: a storage may have been replaced.
package final class PublisherPool: Sendable {
    private struct Entry {
        let registration: RepositoryRegistration
        let publisher: any Publisher
        let end: ContinuousClock.Instant
    }

    private static let lifetime = Duration.seconds(60)
    private let opener: RepositoryOpener
    private let now: @Sendable () -> ContinuousClock.Instant
    private let known = Mutex<[String: Entry]>([:])

    /// Opens with these rules; `now` is the clock of the minute.
    package init(_ opener: RepositoryOpener, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.opener = opener
        self.now = now
    }

    /// What publishes to a repository. One that `cvmfs_server` manages is opened each time: what its owner changes in
    /// `server.conf` counts at once.
    package func publisher(_ registration: RepositoryRegistration) async throws -> any Publisher {
        guard registration.serverConfig == nil else { return try await opener.publisher(registration) }
        if let entry = known.withLock({ $0[registration.fqrn] }), entry.registration == registration, entry.end > now()
        {
            return entry.publisher
        }
        let publisher = try await opener.publisher(registration)
        let entry = Entry(registration: registration, publisher: publisher, end: now() + Self.lifetime)
        known.withLock { $0[registration.fqrn] = entry }
        return publisher
    }
}
