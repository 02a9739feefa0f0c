import Foundation

/// A folder in the form of `/etc/docker/certs.d`: `HOST[:PORT]/*.crt` are authorities, `*.cert` a client's certificate with
/// the key of the same name.
package struct CertificatesFolder: Sendable {
    private let path: String

    /// Docker's own.
    package static let docker = CertificatesFolder("/etc/docker/certs.d")

    /// Any folder; it need not exist.
    package init(_ path: String) {
        self.path = path
    }

    /// What it says of a host, on top of what is known. The settings of `hosts.yaml` go before it.
    func add(to settings: inout HostSettings, host: String) {
        let folder = "\(path)/\(host)"
        // Most hosts have none.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
        settings.authorities += names.filter { $0.hasSuffix(".crt") }.map { "\(folder)/\($0)" }
        guard settings.clientCertificate == nil else { return }
        for name in names where name.hasSuffix(".cert") {
            let key = "\(name.dropLast(".cert".count)).key"
            guard names.contains(key) else { continue }
            settings.clientCertificate = "\(folder)/\(name)"
            settings.clientKey = "\(folder)/\(key)"
            return
        }
    }
}
