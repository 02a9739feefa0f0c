package import Plumbing

/// A file of the tree that layers make together.
package struct UnpackedEntry<Row> {
    /// Where it lies in the tree.
    package let path: BytePath
    /// The layer's row; nil for a directory that no member of any layer names: it is 0755, 0:0, of 1970.
    package let row: Row?
    /// Whether it is a directory.
    package let isDirectory: Bool
    /// The position of its layer in the image, from the bottom.
    package let layer: Int
    /// The directory of its layer in which the row lies: another than that of ``path`` where a link led elsewhere.
    package let origin: BytePath
    /// Which group of hard links within its directory it belongs to, numbered from 1 over the whole tree; 0 for none.
    package let linkGroup: UInt32
    /// How many names of the group are left; 1 outside groups.
    package let linkCount: UInt32
}
