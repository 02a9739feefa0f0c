package import Layers

/// Exports into a tar stream. An export that fails leaves it without its end.
package final class TarTarget: ExportTarget {
    private let writer: TarStreamWriter
    package let remarks = ExportRemarks()

    /// A stream whose bytes `sink` gets in order.
    package init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        writer = TarStreamWriter(sink)
    }

    package func add(_ entry: LayerEntry) throws { try writer.add(entry) }
    package func write(_ piece: UnsafeRawBufferPointer) throws { try writer.write(piece) }
    package func finish() throws { try writer.finish() }
    package func explain(_ error: any Error) -> any Error { error }
}
