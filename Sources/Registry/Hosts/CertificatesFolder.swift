import Glibc
import Plumbing
import SystemPackage

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

    /// What it says of a host, on top of what is known. The settings of `hosts.yaml` go before it. Throws
    /// `TLSMaterial.Fault` where there is something for the host that cannot be read. Blocks.
    func add(to settings: inout HostSettings, host: String) throws {
        let folder = "\(path)/\(host)"
        let names = try Self.names(in: folder).sorted()
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

    private static func names(in folder: String) throws -> [String] {
        do {
            return try DirectoryNames.all(in: folder, at: AT_FDCWD).map { String(decoding: $0, as: UTF8.self) }
        } catch {
            // Most hosts have none, and one with too long a name cannot have one.
            if [.noSuchFileOrDirectory, .fileNameTooLong].contains(error) { return [] }
            // Docker's folder may be root's alone: whether there is one for this host, others cannot see.
            var status = stat()
            if error == .permissionDenied, stat(folder, &status) != 0 { return [] }
            throw TLSMaterial.Fault(description: "the folder of certificates \(folder) cannot be read: \(error)")
        }
    }
}
