package import Plumbing

/// What one commit makes visible besides the layers that its session ingested.
package struct RevisionContents: Sendable {
    /// A small file of a revision.
    package struct File: Sendable {
        /// Where it lies.
        package let path: BytePath
        /// Its content.
        package let bytes: [UInt8]
        /// Whether a difference of this file alone is worth a revision.
        package let isDecisive: Bool

        /// Takes the parts.
        package init(path: BytePath, bytes: [UInt8], isDecisive: Bool) {
            self.path = path
            self.bytes = bytes
            self.isDecisive = isDecisive
        }
    }

    /// The files, written where they differ.
    package var files: [File]
    /// Files that go where they are there, with the directories that have nothing else. Alone no reason for a revision.
    package var removed: [BytePath]
    /// What must be in the repository afterwards, or the commit fails: the image's layers.
    package var required: [BytePath]
    /// Whether layers that are there already are replaced by the ones ingested.
    package var overwritesLayers: Bool

    /// Takes the parts.
    package init(files: [File], removed: [BytePath] = [], required: [BytePath], overwritesLayers: Bool) {
        self.files = files
        self.removed = removed
        self.required = required
        self.overwritesLayers = overwritesLayers
    }
}
