package import SystemPackage

/// A CVMFS repository that Wafer may publish to.
package struct RepositoryRegistration: Sendable, Hashable {
    /// The fully qualified repository name, such as `cd.cern.ch`.
    package let fqrn: String
    /// The folder that holds `.cvmfspublished` and `data/`. Where only `cvmfs_server` reaches that: the upstream as its
    /// configuration defines it, such as `S3,/tmp,a.org@/etc/cvmfs/s3.conf`.
    package let location: String
    /// The folder with the repository's keys; never within the storage.
    package let keys: FilePath
    /// Where clients read it, if that is known.
    package let url: String?
    /// Who writes it: a ``PublisherKind``.
    package let publisher: String
    /// The compression policy's name, such as `balanced`.
    package let compression: String
    /// The sizes of pieces of large files in bytes, `4194304:8388608:16777216` or `8388608`; nil for the default.
    package var chunking: String?
    /// The most and the least entries of a catalog, `100000:1000`; nil for the default.
    package var catalogLimits: String?
    /// Files and folders with the public master keys, with colons between them; nil for the one in `keys`.
    package var masterKeys: String?
    /// The `server.conf` of a repository that `cvmfs_server` manages; nil for others.
    package var serverConfig: FilePath?
    /// Whether each revision gets a tag: nil no, empty yes, else how long these tags stay, such as `3 weeks ago`.
    package var autoTag: String?
    /// What becomes of hard links within a directory, `keep` or `split`; nil for what suits who else writes it.
    package var hardLinks: String?
    /// Whether clients show the markers of nested catalogs, `visible` or `hidden`; nil for the default.
    package var markers: String?
    /// The most bytes that its objects may take; nil for any number.
    package var quota: Int64?
    /// How images become root file systems there.
    package var trees = TreeSettings()
    /// That Wafer took over what other programs had published there; nil where it did not.
    package var adoption: RepositoryAdoption?

    /// A registration without settings of its own.
    package init(
        fqrn: String,
        location: String,
        keys: FilePath,
        url: String? = nil,
        publisher: String = "native",
        compression: String
    ) {
        self.fqrn = fqrn
        self.location = location
        self.keys = keys
        self.url = url
        self.publisher = publisher
        self.compression = compression
    }

    /// The registration with other settings.
    package func with(_ change: (inout RepositoryRegistration) throws -> Void) rethrows -> RepositoryRegistration {
        var copy = self
        try change(&copy)
        return copy
    }

    /// The folder that ``location`` is, if it is one.
    package var storage: FilePath { FilePath(location) }
}
