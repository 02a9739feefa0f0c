import OCI
import Synchronization

/// What requests are answered with.
extension InMemoryRegistry {
    func answer(_ request: InMemoryRegistryRequest) -> InMemoryRegistryAnswer {
        began()
        return store.withLock { store in
            store.requests.append(request)
            let errorBody = store.faults.errorBody
            defer { store.faults.errorBody = errorBody }
            store.faults.errorBody = errorBody?.replacing("{sent}", with: secrets(in: request))
            if request.path == "/token" { return token(request, &store) }
            if store.faults.droppedRequests > 0 {
                store.faults.droppedRequests -= 1
                return InMemoryRegistryAnswer(status: 0, ending: .dropped)
            }
            if store.faults.passingFailures > 0 {
                store.faults.passingFailures -= 1
                var answer = InMemoryRegistryAnswer.error(store.faults.passingStatus, "PASSING")
                if let text = store.faults.retryAfter { answer.headers.append(("Retry-After", text)) }
                return answer
            }
            guard request.path.hasPrefix("/v2/") else { return .error(404, "NOT_FOUND") }
            if let refusal = refusal(of: request, store) { return refusal }
            let parts = request.path.dropFirst("/v2/".count).split(separator: "/").map(String.init)
            if parts.isEmpty { return InMemoryRegistryAnswer(status: 200, piece: Array("{}".utf8)) }

            if parts.count >= 3, parts[parts.count - 2] == "manifests" {
                let repository = parts.dropLast(2).joined(separator: "/")
                return manifests(request, repository, parts[parts.count - 1], &store)
            }
            if parts.count >= 3, parts.suffix(2) == ["tags", "list"] {
                return tags(request, parts.dropLast(2).joined(separator: "/"), store)
            }
            if let mark = parts.lastIndex(of: "uploads"), mark >= 2, parts[mark - 1] == "blobs" {
                let session = mark + 1 < parts.count ? parts[mark + 1] : nil
                return uploads(request, parts[..<(mark - 1)].joined(separator: "/"), session, &store)
            }
            if parts.count >= 3, parts[parts.count - 2] == "blobs" {
                return blob(request, parts.dropLast(2).joined(separator: "/"), parts[parts.count - 1], &store)
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
        if request.method == "HEAD", let status = faults.headStatus { return .error(status, "HEAD_FAULT") }
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
        if faults.hidesContentDigest { answer.headers.removeAll { $0.0 == "Docker-Content-Digest" } }
        if request.method == "GET", let cut = faults.cutManifests, cut.times > 0 {
            store.faults.cutManifests?.times -= 1
            answer.ending = .cut(after: cut.after)
        }
        if var left = faults.pullsLeft {
            if request.method == "GET" { left -= 1 }
            store.faults.pullsLeft = left
            let headers = [("ratelimit-limit", "100;w=21600"), ("ratelimit-remaining", "\(max(left, 0));w=21600")]
            if left < 0 { answer = .error(429, "TOOMANYREQUESTS") }
            answer.headers += headers
        }
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
        if let refusal = store.faults.dockerRefusal, type == MediaType.dockerManifest.rawValue {
            return .error(refusal.status, refusal.code)
        }
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
}
