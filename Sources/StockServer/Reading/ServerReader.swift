import CVMFS
package import Plumbing

/// Reads a repository whose storage is out of reach: in the mount, which shows this machine's last revision at once, and
/// at the web server what the mount does not show to this user. A mount obeys the modes and owners of the files in it, and
/// nearly every image has directories that only its root may enter.
package struct ServerReader: RevisionReader {
    package let mount: MountReader
    /// Nil where nobody knows a web server.
    package let web: StorageReader?

    /// Reads in `mount`, and at `web` what that does not show.
    package init(mount: MountReader, web: StorageReader?) {
        self.mount = mount
        self.web = web
    }

    package func revision() throws -> UInt64 { try mount.revision() }

    package func contents(_ paths: [BytePath]) throws -> [BytePath: [UInt8]] { try read { try $0.contents(paths) } }

    package func entries(_ paths: [BytePath]) throws -> [BytePath: FileNode] { try read { try $0.entries(paths) } }

    package func fingerprint(_ directory: BytePath) throws -> TreeFingerprint {
        try read { try $0.fingerprint(directory) }
    }

    package func files(named name: [UInt8], below directory: BytePath) throws -> [BytePath] {
        try read { try $0.files(named: name, below: directory) }
    }

    package func links(below directory: BytePath, entries limit: Int) throws -> [BytePath: [UInt8]] {
        try read { try $0.links(below: directory, entries: limit) }
    }

    package func names(in directory: BytePath) throws -> [[UInt8]] { try read { try $0.names(in: directory) } }

    package func read(_ path: BytePath, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try read { try $0.read(path, body) }
    }

    package func exists(_ path: BytePath) throws -> Bool { try read { try $0.exists(path) } }

    private func read<Value>(_ body: (any RevisionReader) throws -> Value) throws -> Value {
        do {
            return try body(mount)
        } catch let denial as MountReader.Denial {
            guard let web else { throw denial }
            let (mounted, shown) = (try mount.revision(), try web.revision())
            guard mounted == shown else {
                throw StockServerError(
                    "\(denial), and the web server of its stratum 0 shows revision \(shown) instead of \(mounted): it must "
                        + "not keep .cvmfspublished in a cache"
                )
            }
            return try body(web)
        }
    }
}
