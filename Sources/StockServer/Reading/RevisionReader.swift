import CVMFS
package import Plumbing

/// Reads what a repository publishes.
package protocol RevisionReader: Sendable {
    /// The newest revision's number.
    func revision() throws -> UInt64

    /// Those of these paths that it has: small files with their bytes, links with their
    /// targets, directories with none.
    func contents(_ paths: [BytePath]) throws -> [BytePath: [UInt8]]

    /// What is at those of these paths where something is. A link on the way leads nowhere.
    func entries(_ paths: [BytePath]) throws -> [BytePath: FileNode]

    /// The fingerprint of a directory and what is below it, markers of nested catalogs left out.
    func fingerprint(_ directory: BytePath) throws -> TreeFingerprint

    /// The regular files of a name in a directory and below it, in path order; none where there is no such directory.
    func files(named name: [UInt8], below directory: BytePath) throws -> [BytePath]

    /// The symbolic links in a directory and below it, with their targets; none where there is no such directory. Goes no
    /// further after so many `entries`, and throws ``TooManyEntries`` then.
    func links(below directory: BytePath, entries limit: Int) throws -> [BytePath: [UInt8]]

    /// The names in a directory, in any order; none where there is no such directory.
    func names(in directory: BytePath) throws -> [[UInt8]]

    /// Hands out the bytes of a regular file in pieces, each valid during the call.
    func read(_ path: BytePath, _ body: (UnsafeRawBufferPointer) throws -> Void) throws

    /// Whether there is an entry of any kind at a path; a link on the way leads nowhere.
    func exists(_ path: BytePath) throws -> Bool
}
