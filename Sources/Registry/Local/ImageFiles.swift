/// The files of a local image, by their names within it.
protocol ImageFiles: Sendable {
    /// A file; nil where there is none of that name. Blocks. Throws `Errno` or ``LocalFault``.
    func file(_ name: String) throws -> FileExtent?
}
