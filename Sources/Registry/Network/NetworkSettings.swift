/// How registries are reached.
package struct NetworkSettings: Sendable {
    /// The longest time for a connection, TLS included.
    package var connectTimeout = Duration.seconds(10)
    /// The longest time without a byte in either direction: a stalled transfer is an error, not a hang.
    package var stallTimeout = Duration.seconds(60)
    /// The slowest that a transfer may be.
    package var minimumRate = MinimumRate.standard
    /// How failures of the moment are met.
    package var retries = RetryPolicy.standard
    /// Whether a registry that does not answer is set aside for a while: for who has much to do with others.
    package var setsAside = false
    /// Time and chance.
    package var clock = NetworkClock.system
    /// Hosts that are not like any other.
    package var hosts = HostsConfiguration()
    /// Proxies.
    package var proxies = ProxySettings.none
    /// Certificates by host, as docker has them.
    package var certificates: [CertificatesFolder] = []
    /// Addresses of names that are not asked for, as in `/etc/hosts`.
    package var addresses: [String: String] = [:]
    /// The addresses that a registry elsewhere may not lead to.
    package var machine = MachineAddresses.current
    /// What suits most machines.
    package init() {}
}
