import OCI
import Synchronization

/// What requests are answered with.
extension InMemoryRegistry {
    func answer(_ request: InMemoryRegistryRequest) -> InMemoryRegistryAnswer {
        store.withLock { store in
            store.requests.append(request)
            if request.path == "/token" { return token(request, &store) }
            guard request.path.hasPrefix("/v2/") else { return .error(404, "NOT_FOUND") }
            if let refusal = refusal(of: request, store) { return refusal }
            let parts = request.path.dropFirst("/v2/".count).split(separator: "/").map(String.init)
            if parts.isEmpty { return InMemoryRegistryAnswer(status: 200, piece: Array("{}".utf8)) }

            if parts.count >= 3, parts[parts.count - 2] == "manifests" {
                let repository = parts.dropLast(2).joined(separator: "/")
                return manifests(request, repository, parts[parts.count - 1], &store)
            }
            if [parts.suffix(2), parts.dropLast().suffix(2)].contains(["blobs", "uploads"]) {
                return uploads(request, &store)
            }
            if parts.count >= 3, parts[parts.count - 2] == "blobs" {
                return blob(request, parts[parts.count - 1], store)
            }
            return .error(404, "NAME_UNKNOWN")
        }
    }

    private func manifests(
        _ request: InMemoryRegistryRequest,
        _ repository: String,
        _ reference: String,
        _ store: inout InMemoryRegistryStore
    ) -> InMemoryRegistryAnswer {
        if request.method == "PUT" { return putManifest(request, repository, reference, &store) }
        let faults = store.faults
        if let status = faults.manifestStatus { return .error(status, "MANIFEST_FAULT", body: faults.errorBody) }
        guard let manifest = store.manifest(repository, reference) else {
            return .error(404, "MANIFEST_UNKNOWN", body: faults.errorBody)
        }
        var bytes = manifest.bytes + [UInt8](repeating: 0x20, count: faults.manifestPadding)
        // In the middle of a digest's digits, so that it still can be read.
        if faults.damagesManifests, let mark = bytes.firstRange(of: Array("sha256:".utf8)) {
            bytes[mark.upperBound] = bytes[mark.upperBound] == 0x30 ? 0x31 : 0x30
        }
        var answer = InMemoryRegistryAnswer(
            status: 200,
            headers: [
                ("Content-Type", faults.manifestType ?? manifest.mediaType),
                ("Docker-Content-Digest", faults.contentDigest ?? manifest.digest.description),
            ],
            piece: bytes
        )
        answer.hidesLength = faults.hidesManifestLength
        return answer
    }

    private func putManifest(
        _ request: InMemoryRegistryRequest,
        _ repository: String,
        _ reference: String,
        _ store: inout InMemoryRegistryStore
    ) -> InMemoryRegistryAnswer {
        if let status = store.faults.manifestPushStatus {
            return .error(status, "DENIED", body: store.faults.errorBody)
        }
        let type = request.header("Content-Type") ?? ""
        // What is wrong with it is the pusher's business: any fault is answered alike.
        guard let raw = try? RawManifest(bytes: request.body, contentType: type) else {
            return .error(400, "MANIFEST_INVALID")
        }
        if case .image(let manifest) = raw.decoded {
            for descriptor in [manifest.config] + manifest.layers where store.blobs["\(descriptor.digest)"] == nil {
                return .error(400, "MANIFEST_BLOB_UNKNOWN")
            }
        }
        let stored = InMemoryRegistryStore.StoredManifest(bytes: request.body, mediaType: type, digest: raw.digest)
        store.put(stored, in: repository, tag: reference.contains(":") ? nil : reference)
        return InMemoryRegistryAnswer(
            status: 201,
            headers: [("Docker-Content-Digest", store.faults.contentDigest ?? raw.digest.description)]
        )
    }

    private func blob(
        _ request: InMemoryRegistryRequest,
        _ digest: String,
        _ store: InMemoryRegistryStore
    ) -> InMemoryRegistryAnswer {
        var faults = store.faults
        if let only = faults.faultyBlob, only != digest { faults = InMemoryRegistryFaults() }
        guard let blob = store.blobs[digest] else { return .error(404, "BLOB_UNKNOWN", body: faults.errorBody) }
        if request.method == "GET" {
            if let status = faults.blobStatus { return .error(status, "BLOB_FAULT", body: faults.errorBody) }
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
        if let count = faults.cutBlobsAfter { answer.ending = .cut(after: count) }
        if let count = faults.stallBlobsAfter { answer.ending = .stalled(after: count) }
        return answer
    }

    private func uploads(
        _ request: InMemoryRegistryRequest,
        _ store: inout InMemoryRegistryStore
    ) -> InMemoryRegistryAnswer {
        if let status = store.faults.blobPushStatus { return .error(status, "DENIED", body: store.faults.errorBody) }
        if request.method == "POST" {
            store.uploads += 1
            let path = "\(request.path)\(request.path.hasSuffix("/") ? "" : "/")\(store.uploads)?state=a%2Bb"
            let location = store.faults.uploadLocation.replacing("{path}", with: path)
            return InMemoryRegistryAnswer(status: 202, headers: [("Location", location)])
        }
        // A digest that cannot be read is as wrong as one of other bytes.
        guard request.queryValues("state") == ["a+b"], let said = request.queryValues("digest").first,
            let digest = try? Digest(parsing: said), (try? Digest.of(request.body, digest.algorithm)) == digest
        else { return .error(400, "DIGEST_INVALID") }
        store.blobs[said] = InMemoryRegistryStore.StoredBlob(piece: request.body, repetitions: 1)
        return InMemoryRegistryAnswer(
            status: 201,
            headers: [("Docker-Content-Digest", store.faults.contentDigest ?? said)]
        )
    }
}
