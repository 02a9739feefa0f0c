import Plumbing

extension CatalogInspection {
    /// A regular file and its objects.
    func checkRegular(_ row: InspectedRow, at path: BytePath) throws {
        own[.regular] += 1
        own[.fileSize] &+= row.size
        if row.flags.contains(.external) {
            own[.external] += 1
            own[.externalFileSize] &+= row.size
        }
        if row.size < 0 { faults.add(.content, path.checkText, "a file of \(row.size) bytes") }
        let form = contentForm(of: row, path)
        if row.flags.contains(.chunked) {
            own[.chunked] += 1
            own[.chunkedSize] &+= row.size
            try checkChunks(of: row, form, path)
        } else if row.hash == nil {
            faults.add(.content, path.checkText, "a file without a content hash")
        }
        guard let form, let digest = row.hash else { return }
        guard let hash = ContentHash(algorithm: form.algorithm, digest: digest) else {
            faults.add(.content, path.checkText, "a content hash of \(digest.count) bytes")
            return
        }
        // What is external lies elsewhere.
        if row.flags.contains(.external) { return }
        objects.check(hash, .file, size: row.size, form.compression, for: path)
    }

    /// What bits 8 to 13 of the flags say, nil where that is nothing.
    private func contentForm(
        of row: InspectedRow,
        _ path: BytePath
    ) -> (algorithm: HashAlgorithm, compression: ObjectCompression)? {
        guard let algorithm = row.flags.algorithm, let compression = row.compression else {
            faults.add(
                .type,
                path.checkText,
                "flags \(row.flags.rawValue) name an unknown hash function or compression"
            )
            return nil
        }
        return (algorithm, compression)
    }

    private func checkChunks(
        of row: InspectedRow,
        _ form: (algorithm: HashAlgorithm, compression: ObjectCompression)?,
        _ path: BytePath
    ) throws {
        var end: Int64 = 0
        var count: Int64 = 0
        try chunks.forEach(.integer(row.keyFirst), .integer(row.keySecond)) { statement in
            let (offset, size, digest) = (statement.integer(0), statement.integer(1), statement.bytes(2))
            count += 1
            if offset != end {
                faults.add(.chunks, path.checkText, "a chunk starts at \(offset), the one before ends at \(end)")
            }
            end = offset &+ size
            guard let form else { return }
            guard let hash = ContentHash(algorithm: form.algorithm, digest: digest), size >= 0 else {
                faults.add(.chunks, path.checkText, "a chunk of \(size) bytes with a hash of \(digest.count) bytes")
                return
            }
            if row.flags.contains(.external) { return }
            objects.check(hash, .chunk, size: size, form.compression, for: path)
        }
        own[.chunks] += count
        if count == 0 {
            faults.add(.chunks, path.checkText, "a chunked file without chunks")
        } else if end != row.size {
            faults.add(.chunks, path.checkText, "the chunks end at \(end), the file has \(row.size) bytes")
        }
    }
}
