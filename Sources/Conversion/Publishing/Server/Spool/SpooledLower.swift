import Layers
import Plumbing

/// The layers below one in the spool, whose content goes into the same spool when it is asked for.
final class SpooledLower: LowerFiles {
    private let stack: LayerStack<ServerLayer>
    private var spool: SpoolFile

    init(_ stack: LayerStack<ServerLayer>, spool: SpoolFile) {
        self.stack = stack
        self.spool = spool
    }

    func file(at path: BytePath) throws -> LowerFile? { try stack.file(at: path) }

    func names(in directory: BytePath) throws -> [[UInt8]] { try stack.names(in: directory) }

    func content(of file: LowerFile, at path: BytePath) throws -> SpooledContent {
        let offset = spool.count
        try stack.content(of: file, at: path).read { try spool.write($0) }
        return SpooledContent(offset: offset, size: spool.count - offset)
    }

    /// Everything is with the system.
    func finish() throws { try spool.finish() }
}
