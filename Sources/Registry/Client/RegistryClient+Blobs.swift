import Logging
import NIOHTTP1
package import OCI

/// Configurations and layers.
extension RegistryClient {
    /// Blobs that are held in memory are refused above this size.
    package static let maximumSmallBlobSize: Int64 = 16 << 20

    /// A small blob, verified. Throws ``RegistryError/Code/tooLarge`` above 16 MiB.
    package func blob(
        _ descriptor: Descriptor,
        of reference: ImageReference,
        credentials: RegistryCredentials?
    ) async throws -> [UInt8] {
        let purpose = Self.purpose(.pullBlob, descriptor.digest, reference)
        guard descriptor.size <= Self.maximumSmallBlobSize else {
            throw RegistryError(
                .tooLarge,
                purpose,
                detail: "it has \(descriptor.size) bytes, more than the \(Self.maximumSmallBlobSize >> 20) MiB"
                    + " that this program takes"
            )
        }
        var bytes: [UInt8] = []
        try await streamBlob(descriptor, of: reference, credentials: credentials) { bytes += $0 }
        let digest = try Digest.of(bytes, descriptor.digest.algorithm)
        guard digest == descriptor.digest else {
            throw RegistryError(
                .digestMismatch,
                purpose,
                detail: "the registry sent bytes with digest \(digest), not \(descriptor.digest)",
                nextStep: "push the image again, if that does not pass"
            )
        }
        return bytes
    }

    /// Hands over a blob in parts of at most 256 KiB, each when the one before was used: exactly `descriptor.size` bytes.
    ///
    /// A transfer that is cut goes on where it was, at the next mirror or the registry itself too. The digest is not compared:
    /// who reads a layer hashes it anyway. What `body` throws ends the transfer and is thrown on.
    package func streamBlob(
        _ descriptor: Descriptor,
        of reference: ImageReference,
        credentials: RegistryCredentials?,
        into body: ([UInt8]) async throws -> Void
    ) async throws {
        var download = BlobDownload(descriptor)
        do {
            try await fromFirst(of: reference, credentials) { source in
                try await stream(&download, from: source, into: body)
            }
        } catch let failure as BlobDownload.ReaderFailure {
            throw failure.error
        }
    }

    private func stream(
        _ download: inout BlobDownload,
        from source: RegistrySource,
        into body: ([UInt8]) async throws -> Void
    ) async throws {
        let descriptor = download.descriptor
        let budget = budget(source)
        download.ignoresRanges = false
        var request = try request(
            .GET,
            "blobs/\(descriptor.digest)",
            of: source.reference,
            for: Self.purpose(.pullBlob, descriptor.digest, source.reference),
            credentials: source.credentials
        )
        request.isForMirror = source.isMirror
        request.retries = budget
        while true {
            let before = download.offset
            do {
                if try await attempt(&download, request, into: body) { return }
            } catch is WatchedBody.LateReader {
                // Bytes came and took their reader long: nothing went wrong, and nothing is counted.
                logger.debug("the download goes on where its reader was busy", metadata: ["from": "\(download.offset)"])
            } catch let error as RegistryError
                where error.isTemporary && (download.offset > 0 || error.code != .unreachable)
            {
                if download.offset - before >= BlobDownload.progress { budget.refill() }
                guard let delay = budget.delay(asked: error.retryAfter) else { throw error }
                logger.info(
                    "the download goes on",
                    metadata: ["after": "\(delay.inSeconds)", "reason": "\(error)", "from": "\(download.offset)"]
                )
                try await NetworkActivity.waiting { try await settings.clock.sleep(delay) }
            }
        }
    }

    /// One request for what is missing. False where the registry does not answer as it should to a request for a part.
    private func attempt(
        _ download: inout BlobDownload,
        _ request: RegistryRequest,
        into body: ([UInt8]) async throws -> Void
    ) async throws -> Bool {
        let size = download.descriptor.size
        var request = request
        let wantsPart = download.offset > 0 && !download.ignoresRanges
        if wantsPart { request.headers.add(name: "Range", value: "bytes=\(download.offset)-") }
        let response = try await send(request, expecting: wantsPart ? [200, 206, 416] : [200])
        func wrongSize(_ detail: String) -> RegistryError {
            RegistryError(.sizeMismatch, request.purpose, detail: detail)
        }
        var position: Int64 = 0
        if response.status != 200 {
            let range = ContentRange(response.headers.first(name: "Content-Range"))
            guard response.status == 206, let range, range.first == download.offset, range.last == size - 1,
                range.total.map({ $0 == size }) ?? true
            else {
                logger.info("the registry gives no such part of the blob: it is fetched from its beginning")
                await response.discardBody()
                download.ignoresRanges = true
                return false
            }
            position = download.offset
        }
        if let length = response.contentLength, length != size - position {
            throw wrongSize("the registry has \(length + position) bytes, the manifest says \(size)")
        }
        var end = position
        let fault: (any Error) -> any Error = { error in
            if error is WatchedBody.LateReader, end > position { return error }
            return RegistryError.network(error, request, progress: "after \(end) of \(size) bytes")
        }
        try await response.forEachChunk(fault: fault) { chunk in
            end += Int64(chunk.count)
            guard end <= size else {
                throw wrongSize("the registry sent more than the \(size) bytes that the manifest says")
            }
            // What the reader has already is not given to it twice; the digest of the whole tells whether it was the same.
            let new = min(end - download.offset, Int64(chunk.count))
            guard new > 0 else { return }
            download.offset = end
            do {
                try await body(new == chunk.count ? chunk : Array(chunk.suffix(Int(new))))
            } catch {
                throw BlobDownload.ReaderFailure(error: error)
            }
        }
        guard end == size else {
            throw RegistryError(
                .cut,
                request.purpose,
                detail: "it was cut after \(end) of \(size) bytes",
                nextStep: RegistryError.nextStep(for: .cut, request)
            )
        }
        return true
    }

    static func purpose(_ operation: Purpose.Operation, _ digest: Digest, _ reference: ImageReference) -> Purpose {
        Purpose(operation, "\(digest) of \(reference)", host: reference.canonicalHost)
    }
}
