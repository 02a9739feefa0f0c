import Synchronization

/// The claims that this process holds, over all its open databases: a claim names a process, so this is one for the
/// process, too.
enum HeldClaims {
    private static let tokens = Mutex<Set<String>>([])

    static func insert(_ token: String) {
        tokens.withLock { _ = $0.insert(token) }
    }

    static func remove(_ token: String) {
        tokens.withLock { _ = $0.remove(token) }
    }

    static func contains(_ token: String) -> Bool {
        tokens.withLock { $0.contains(token) }
    }
}
