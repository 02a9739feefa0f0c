/// What stands behind the last member: two blocks of zeros, padding, or nothing.
struct TarTail {
    private var offset = 0
    /// Whether something follows the end of the archive that is not zero. Readers ignore it.
    private(set) var hasTrailingBytes = false

    /// Looks at the next bytes. Throws ``LayerError`` where members follow a single block of zeros: some readers stop
    /// there, others do not.
    mutating func add(_ bytes: UnsafeRawBufferPointer) throws {
        defer { offset += bytes.count }
        if hasTrailingBytes { return }
        guard let index = bytes.firstIndex(where: { $0 != 0 }) else { return }
        guard offset + index >= 2 * TarField.blockSize else {
            throw LayerError(.malformed("a single block of zeros stands amid the archive"))
        }
        hasTrailingBytes = true
    }

    /// Throws ``LayerError`` where the second block of zeros is cut.
    func finish() throws {
        guard offset >= 2 * TarField.blockSize || offset.isMultiple(of: TarField.blockSize) else {
            throw LayerError(.malformed("the archive is cut in the blocks that end it"))
        }
    }
}
