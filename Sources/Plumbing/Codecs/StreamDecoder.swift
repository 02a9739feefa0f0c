/// One compression format, decoded with buffers that the caller owns.
protocol StreamDecoder: AnyObject {
    /// Takes bytes from the front of `input` and puts what they stand for at the front of `output`.
    ///
    /// Neither is empty, except `input` once nothing more comes. Taking and giving nothing means that more input is
    /// needed. Throws ``CodecError`` where the bytes are not valid.
    func decode(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws -> (consumed: Int, produced: Int)

    /// Throws ``CodecError`` where the stream must not end here.
    func finish() throws
}
