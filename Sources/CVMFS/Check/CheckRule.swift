/// What a check looks at, in the order in which it reports (docs/cvmfs-format.md §10.1).
package enum CheckRule: String, Sendable, CaseIterable {
    /// `.cvmfspublished` is there, complete, and of this repository.
    case manifest
    /// The certificate is there and its key signed the manifest.
    case manifestSignature = "manifest-signature"
    /// `.cvmfswhitelist` is there, complete, of this repository, and lists the certificate.
    case whitelist
    /// The master key signed the whitelist.
    case whitelistSignature = "whitelist-signature"
    /// Clients still accept the whitelist.
    case whitelistExpiry = "whitelist-expiry"
    /// Alternative names of root catalog and certificate are there if the manifest says so.
    case alternativePath = "alternative-path"
    /// The meta info can be loaded.
    case metainfo
    /// The reference log has the announced hash and lists what is published.
    case reflog
    /// The tag database can be loaded, its branches are sound, its revisions are there.
    case tags
    /// A catalog is there, has its hash and its size, and is a catalog.
    case catalog
    /// A catalog is mounted where its `root_prefix` says.
    case rootPrefix = "root-prefix"
    /// The revision numbers of manifest and root catalog agree, and the one before is there.
    case revision
    /// A catalog has a directory as its root, with the flags of its place.
    case rootEntry = "root-entry"
    /// The rows of a mountpoint in parent and child are equal.
    case transition
    /// Mountpoints and registrations of nested catalogs belong together.
    case nestedCatalogs = "nested-catalogs"
    /// Nested catalogs have a marker, and nothing else has.
    case marker
    /// No row hangs from nothing.
    case orphans
    /// The stored numbers are those of the rows.
    case counters
    /// A row has a name that can be one, as text, and the key of its path.
    case name
    /// A row has a known type and flags that go with it.
    case type
    /// Link counts are at least 1, and those of directories 2 and their subdirectories.
    case linkCount = "link-count"
    /// Hard-link groups lie in one directory, are complete and alike.
    case hardLinks = "hard-links"
    /// Only regular files have content, and those have it.
    case content
    /// Chunks follow one another and make up the file.
    case chunks
    /// Extended attributes are encoded properly.
    case xattrs
    /// An object is there, has its hash and inflates to its size.
    case object
    /// Every file below `data` has the name of an object, and its hash.
    case storage
}
