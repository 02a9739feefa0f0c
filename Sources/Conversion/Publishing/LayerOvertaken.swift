import CVMFS
import Plumbing

/// Another process published a layer meanwhile, for an image with other layers below it: what was prepared on those of this
/// image is not what is there.
struct LayerOvertaken: Error, CustomStringConvertible {
    let root: BytePath

    var description: String {
        "\(root) was published meanwhile by another conversion, on other layers: run the command again"
    }

    /// Throws where a layer that is there has something else from the layers below it than `edits` say of the one that was
    /// prepared. `published` is its `base.json`.
    static func check(_ root: BytePath, published: [UInt8]?, _ edits: [TreeEdit]) throws {
        let path = RepositoryLayout.layerBase(at: root)
        var prepared: [UInt8]?
        for edit in edits where edit.path == path {
            if case .file(let bytes) = edit.change { prepared = bytes }
        }
        if prepared != published { throw LayerOvertaken(root: root) }
    }
}
