package import SystemPackage

/// The folder with the keys of repositories, named as in `/etc/cvmfs/keys` (docs/cvmfs-format.md §2.3).
package struct KeyFolder: Sendable, Equatable {
    /// The folder.
    package let root: FilePath
    private let fqrn: String

    /// The keys of one repository.
    package init(root: FilePath, fqrn: String) {
        self.root = root
        self.fqrn = fqrn
    }

    /// Signs the whitelist; may live elsewhere.
    package var masterKey: FilePath { root.appending("\(fqrn).masterkey") }
    /// What clients have of it.
    package var publicKey: FilePath { root.appending("\(fqrn).pub") }
    /// Signs manifests.
    package var key: FilePath { root.appending("\(fqrn).key") }
    /// The certificate of that key.
    package var certificate: FilePath { root.appending("\(fqrn).crt") }
    /// The key and the certificate that a rotation makes the valid ones at its end.
    var nextKey: FilePath { root.appending("\(fqrn).key.next") }
    var nextCertificate: FilePath { root.appending("\(fqrn).crt.next") }
    /// Certificates and revisions that are not trusted; for all repositories whose keys lie in the folder.
    package var blacklist: FilePath { root.appending("blacklist") }
}
