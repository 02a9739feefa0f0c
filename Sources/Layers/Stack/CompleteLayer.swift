package import Plumbing

/// A layer as its members, and what lies below it, make it.
package struct CompleteLayer<Content: Sendable>: Sendable {
    /// Its files.
    package let nodes: LayerNodes<Content>
    /// What would be otherwise on other layers.
    package let base: LayerBase
    /// What was left out or changed for the sake of the whole.
    package let notes: LayerNotes
}

/// What a layer has from the layers below it.
package struct LayerBase: Sendable, Equatable {
    /// A directory that no member names.
    package struct Directory: Sendable, Equatable {
        /// Where it lies.
        package let path: BytePath
        /// The position in the image, from the bottom, of the layer whose attributes it has; nil where no layer has it.
        package let layer: Int?
        /// Whether a symbolic link lies there below.
        package let isOverLink: Bool
        /// Whether the layer deletes what lower ones have there, be there something or not.
        package let isOverDeleted: Bool
    }

    /// A name of a file that only a lower layer has.
    package struct Link: Sendable, Equatable {
        /// The name.
        package let path: BytePath
        /// The file, links on the way followed.
        package let target: BytePath
        /// What the layer says.
        package let named: BytePath
        /// The position of its layer in the image, from the bottom.
        package let layer: Int
    }

    /// In path order.
    package internal(set) var directories: [Directory] = []
    /// In path order.
    package internal(set) var links: [Link] = []
    /// Names of lower layers that are deleted one by one, since nothing hides what lies below a root. Sorted.
    package internal(set) var hiddenNames: [[UInt8]] = []
    /// Whether it deletes all that lower layers have in the root, be there anything or not.
    package internal(set) var hidesRoot = false
    /// Directories that hide what lies below, where the layer is stored without the attribute that says so. In path order.
    package var opaqueDirectories: [BytePath] = []

    /// Nothing.
    package init() {}

    /// Whether the layer is the same wherever it stands.
    package var isEmpty: Bool { directories.isEmpty && links.isEmpty && !hidesRoot && opaqueDirectories.isEmpty }
}
