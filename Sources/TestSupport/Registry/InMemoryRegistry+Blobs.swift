import OCI
import Synchronization

/// What requests for blobs, their uploads and lists of tags are answered with.
extension InMemoryRegistry {
    func blob(
        _ request: InMemoryRegistryRequest,
        _ repository: String,
        _ digest: String,
        _ store: inout InMemoryRegistryStore
    ) -> InMemoryRegistryAnswer {
        var faults = store.faults
        if let only = faults.faultyBlob, only != digest { faults = InMemoryRegistryFaults() }
        guard store.has(digest, in: repository), let blob = store.blobs[digest] else {
            return .error(404, "BLOB_UNKNOWN", body: faults.errorBody)
        }
        if request.method == "GET" {
            if let status = faults.blobStatus {
                var answer = InMemoryRegistryAnswer.error(status, "BLOB_FAULT", body: faults.errorBody)
                answer.trickle(faults.errorTrickle)
                return answer
            }
            if let base = faults.redirectsBlobsTo {
                return InMemoryRegistryAnswer(status: 307, headers: [("Location", base + request.path)])
            }
            if let location = faults.blobLocation {
                return InMemoryRegistryAnswer(status: 302, headers: [("Location", location)])
            }
        }
        var answer = InMemoryRegistryAnswer(status: 200, piece: blob.piece, repetitions: blob.repetitions)
        answer.headers = [("Docker-Content-Digest", faults.contentDigest ?? digest)]
        answer.piece += [UInt8](repeating: 0, count: faults.blobPadding)
        if faults.damagesBlobs, let last = answer.piece.indices.last { answer.piece[last] ^= 1 }
        answer.hidesLength = faults.hidesBlobLength
        answer.pause = faults.blobPause
        if !faults.ignoresRanges, let start = request.header("Range").flatMap(Self.start) {
            let total = answer.length
            guard start < total else { return .error(416, "RANGE_INVALID") }
            answer.status = 206
            answer.skip = start
            answer.headers.append(("Content-Range", faults.contentRange ?? "bytes \(start)-\(total - 1)/\(total)"))
        }
        if request.method == "GET", faults.cutBlobsAfter != nil || faults.stallBlobsAfter != nil {
            if let left = store.faults.blobFaultsLeft {
                if left == 0 { return answer }
                store.faults.blobFaultsLeft = left - 1
            }
            if let count = faults.cutBlobsAfter { answer.ending = .cut(after: count) }
            if let count = faults.stallBlobsAfter { answer.ending = .stalled(after: count) }
        }
        return answer
    }

    /// The beginning of `bytes=N-`.
    private static func start(_ range: String) -> Int? {
        range.hasPrefix("bytes=") && range.hasSuffix("-") ? Int(range.dropFirst("bytes=".count).dropLast()) : nil
    }

    func uploads(
        _ request: InMemoryRegistryRequest,
        _ repository: String,
        _ session: String?,
        _ store: inout InMemoryRegistryStore
    ) -> InMemoryRegistryAnswer {
        let faults = store.faults
        if let status = faults.blobPushStatus { return .error(status, "DENIED", body: faults.errorBody) }
        if request.method == "POST" {
            if let digest = request.queryValues("mount").first, let source = request.queryValues("from").first,
                store.has(digest, in: source)
            {
                store.homes[digest, default: []].insert(repository)
                return InMemoryRegistryAnswer(status: 201, headers: [("Docker-Content-Digest", digest)])
            }
            store.uploads += 1
            store.sessions["\(store.uploads)"] = []
            return took(repository, "\(store.uploads)", store)
        }
        // Another registry may have sent a client here, with a session of its own.
        guard let session, request.queryValues("state") == ["a+b"],
            var bytes = store.sessions[session] ?? (faults.forgetsSessions ? nil : [])
        else {
            return .error(404, "BLOB_UPLOAD_UNKNOWN")
        }
        if request.method == "GET" { return took(repository, session, store, status: 204) }
        if let limit = faults.uploadLimit, request.body.count > limit { return .error(413, "SIZE_INVALID") }
        if request.method == "PATCH", let range = request.header("Content-Range") {
            guard range == "\(bytes.count)-\(bytes.count + request.body.count - 1)" else {
                return .error(416, "RANGE_INVALID")
            }
        }
        if let count = faults.cutUploadAfter {
            store.faults.cutUploadAfter = nil
            store.sessions[session] = faults.forgetsSessions ? nil : bytes + request.body.prefix(count)
            return InMemoryRegistryAnswer(status: 0, ending: .dropped)
        }
        bytes += request.body
        store.sessions[session] = bytes
        if request.method == "PATCH" { return took(repository, session, store) }
        // A digest that cannot be read is as wrong as one of other bytes.
        guard let said = request.queryValues("digest").first, let digest = try? Digest(parsing: said),
            (try? Digest.of(bytes, digest.algorithm)) == digest
        else { return .error(400, "DIGEST_INVALID") }
        store.sessions[session] = nil
        store.blobs[said] = InMemoryRegistryStore.StoredBlob(piece: bytes, repetitions: 1)
        store.homes[said, default: []].insert(repository)
        return InMemoryRegistryAnswer(
            status: 201,
            headers: [("Docker-Content-Digest", faults.contentDigest ?? said)]
        )
    }

    private func took(
        _ repository: String,
        _ session: String,
        _ store: InMemoryRegistryStore,
        status: Int = 202
    ) -> InMemoryRegistryAnswer {
        let path = "/v2/\(repository)/blobs/uploads/\(session)?state=a%2Bb"
        let count = store.sessions[session]?.count ?? 0
        var answer = InMemoryRegistryAnswer(
            status: status,
            headers: [
                ("Location", store.faults.uploadLocation.replacing("{path}", with: path)),
                ("Range", "0-\(max(0, count - 1))"),
            ]
        )
        if let least = store.faults.smallestPiece { answer.headers.append(("OCI-Chunk-Min-Length", "\(least)")) }
        return answer
    }

    func tags(
        _ request: InMemoryRegistryRequest,
        _ repository: String,
        _ store: InMemoryRegistryStore
    ) -> InMemoryRegistryAnswer {
        var tags = store.tags(repository)
        if let last = request.queryValues("last").first { tags = tags.filter { $0 > last } }
        let before = store.tags(repository).count - tags.count
        let asked = request.queryValues("n").first.flatMap { Int($0) } ?? tags.count
        let page = tags.prefix(min(asked, store.faults.tagPage ?? asked))
        var answer = InMemoryRegistryAnswer(status: 200, headers: [("Content-Type", "application/json")])
        if page.count < tags.count, let last = page.last {
            let target = "\(store.faults.tagLinkBase)\(request.path)?last=\(last)&n=\(page.count)"
            answer.headers.append(("Link", "<\(target)>; rel=\"next\""))
        }
        let list = page.map { "\"\($0)\"" }.joined(separator: ",")
        answer.piece = Array(#"{"name":"\#(repository)","tags":[\#(list)]}"#.utf8)
        guard let fault = store.faults.tagFault, fault.after == before else { return answer }
        switch fault.failure {
        case .refused: return .error(500, "UNKNOWN")
        case .cut: answer.ending = .cut(after: answer.length / 2)
        case .garbled: answer.piece.removeLast()
        }
        return answer
    }
}
