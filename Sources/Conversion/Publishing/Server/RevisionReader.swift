import CVMFS
import Plumbing

/// Reads what a repository publishes.
protocol RevisionReader: Sendable {
    /// The newest revision's number.
    func revision() throws -> UInt64

    /// Those of these paths that it has: small files with their bytes, directories with none.
    func contents(_ paths: [BytePath]) throws -> [BytePath: [UInt8]]

    /// The fingerprint of a directory and what is below it, markers of nested catalogs left out.
    func fingerprint(_ directory: BytePath) throws -> TreeFingerprint
}
