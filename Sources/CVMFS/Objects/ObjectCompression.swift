/// How file objects are stored; catalogs, certificates and tag databases are always zlib.
package enum ObjectCompression: Int, Sendable {
    case zlib = 0
    /// The plain bytes.
    case none = 1

    var flags: EntryFlags { self == .none ? .uncompressed : [] }
}
