import Registry
import Synchronization

/// Stored users without a database.
final class MemoryUsers: UserStore {
    struct Entry: Sendable {
        let host: String
        let name: String
        var secret: String
        var kind = RegistryCredentials.Kind.password
    }

    struct Broken: Error, CustomStringConvertible {
        let description = "the key file is gone"
    }

    private let state: Mutex<(entries: [Entry], lookups: Int, isBroken: Bool)>

    init(_ entries: [Entry]) {
        state = Mutex((entries, 0, false))
    }

    /// How often somebody asked for anything.
    var lookups: Int { state.withLock { $0.lookups } }
    var secrets: [String] { state.withLock { $0.entries.map(\.secret) } }

    /// Fails from now on.
    func breakDown() { state.withLock { $0.isBroken = true } }

    /// Stores a secret, as another process or the operator does.
    func store(_ secret: String, of name: String) {
        state.withLock { state in
            for index in state.entries.indices where state.entries[index].name == name {
                state.entries[index].secret = secret
            }
        }
    }

    func users(at host: String) async throws -> [String] {
        try look().filter { $0.host == host }.map(\.name)
    }

    func credentials(of user: String, at host: String) async throws -> RegistryCredentials? {
        try look().first { $0.host == host && $0.name == user }.map {
            RegistryCredentials(host: host, username: user, secret: $0.secret, kind: $0.kind)
        }
    }

    func replaceToken(_ old: String, of user: String, at host: String, by new: String) async throws {
        let entries = try look()
        guard let index = entries.firstIndex(where: { $0.host == host && $0.name == user && $0.secret == old }) else {
            return
        }
        state.withLock { $0.entries[index].secret = new }
    }

    private func look() throws -> [Entry] {
        try state.withLock { state in
            state.lookups += 1
            if state.isBroken { throw Broken() }
            return state.entries
        }
    }
}
