import Synchronization

/// The registry of a server's connections; nil until it is there.
final class InMemoryRegistryTarget: Sendable {
    let registry = Mutex<InMemoryRegistry?>(nil)
}
