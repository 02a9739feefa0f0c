/// How hard new objects are compressed. Readers only inflate, so every choice is legal
/// (docs/decisions/007-compression-is-policy.md).
package enum CompressionPolicy: String, Sendable, CaseIterable {
    /// The default: libdeflate at a middle level, and ISA-L for what hardly shrinks.
    case balanced
    /// ISA-L: several times faster, a tenth larger.
    case fast
    /// libdeflate's best, for archives.
    case small
    /// zlib at its default level: object for object what `cvmfs_server publish` writes.
    case zlib
    /// Content is stored as it is; only what has to be a zlib stream is made one, as `balanced` does.
    case none
}
