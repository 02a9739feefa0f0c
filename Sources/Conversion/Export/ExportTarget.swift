package import Layers

/// Where a subtree is exported to: entries come parents first, the content of a file directly behind its entry.
package protocol ExportTarget: AnyObject {
    /// Begins an entry. Paths are those below the exported subtree.
    func add(_ entry: LayerEntry) throws

    /// The next bytes of the file that was added last.
    func write(_ piece: UnsafeRawBufferPointer) throws

    /// Ends the export; without it what was written is incomplete, and can be told to be.
    func finish() throws

    /// What to say of an error that came before the end.
    func explain(_ error: any Error) -> any Error

    /// What it could not or must not write.
    var remarks: ExportRemarks { get }
}
