import Logging
import NIOHTTP1
import OCI
import Plumbing

/// The upload of one blob, which may take several requests and sessions (distribution specification, "Pushing Blobs").
struct BlobUpload: Sendable {
    let client: RegistryClient
    let bytes: [UInt8]
    let digest: Digest
    let reference: ImageReference
    let credentials: RegistryCredentials?
    /// Another repository of the registry that has it.
    let mountSource: String?

    /// The first pieces where a registry does not take the blob at once, and the smallest ones.
    private static let firstPiece = 4 << 20
    private static let smallestPiece = 64 << 10

    /// A session, as far as it is.
    private struct Session {
        var url: RequestURL
        var offset = 0
    }

    private enum Outcome {
        case stored
        /// The registry or something before it takes no request of that size.
        case tooLarge
    }

    /// Uploads it where it is missing. Returns whether it was.
    func run() async throws -> Bool {
        let budget = RetryBudget(client.settings.retries, clock: client.settings.clock)
        var session: Session?
        var piece: Int?
        var isUploaded = false
        while true {
            do {
                if session == nil {
                    // An upload whose answer was lost is seen here.
                    if try await isThere(budget) { return isUploaded }
                    session = try await open(&piece)
                }
                guard var current = session else { return true }
                isUploaded = true
                switch try await send(&current, piece: piece, saving: { session = $0 }) {
                case .stored: return true
                case .tooLarge:
                    piece = try smaller(piece)
                    session = nil
                }
            } catch let error as RegistryError
                where error.isTemporary && (session != nil || error.code != .unreachable)
                || (session != nil && error.status == 416)
            {
                guard let delay = budget.delay(asked: error.retryAfter) else { throw error }
                client.logger.info(
                    "the upload goes on",
                    metadata: ["after": "\(delay.inSeconds)", "reason": "\(error)"]
                )
                try await NetworkActivity.waiting { try await client.settings.clock.sleep(delay) }
                // A session that takes nothing at the offset it told itself is of no use any more.
                if let broken = session { session = error.status == 416 ? nil : await resumed(broken, budget) }
            }
        }
    }

    private func request(_ method: HTTPMethod, _ path: String) throws -> RegistryRequest {
        try client.request(
            method,
            path,
            of: reference,
            for: RegistryClient.purpose(.pushBlob, digest, reference),
            credentials: credentials
        )
    }

    /// Whether the registry says that it has the blob. Where it does not answer that as it should, the blob is uploaded: it does
    /// no harm twice, and the answer to the upload has a body that tells what is wrong.
    private func isThere(_ budget: RetryBudget) async throws -> Bool {
        var question = try request(.HEAD, "blobs/\(digest)")
        question.retries = budget
        do {
            let presence = try await client.send(question, expecting: [200, 404])
            await presence.discardBody()
            return presence.status == 200
        } catch let error as RegistryError
            where !error.isTemporary && error.status != nil && error.code != .unauthorized
        {
            client.logger.debug("HEAD is refused", metadata: ["reason": "\(error)"])
            return false
        }
    }

    /// Begins a session; nil where the registry took the blob from another repository.
    private func open(_ piece: inout Int?) async throws -> Session? {
        let (question, answer) = try await begin()
        await answer.discardBody()
        if answer.status == 201 { return nil }
        if let size = piece, let least = answer.headers.first(name: "OCI-Chunk-Min-Length").flatMap({ Int($0) }) {
            piece = max(size, min(least, bytes.count))
        }
        return Session(url: try Self.url(of: answer, question))
    }

    /// Asks for the blob of another repository where that is known to have it, and otherwise for a session.
    private func begin() async throws -> (RegistryRequest, RegistryResponse) {
        var question = try request(.POST, "blobs/uploads/")
        question.body = []
        if let mountSource {
            var mount = question
            mount.url = mount.url.adding(query: [("mount", digest.description), ("from", mountSource)])
            mount.scope = .push(reference, mountingFrom: mountSource)
            do {
                return (mount, try await client.send(mount, expecting: [201, 202]))
            } catch let error as RegistryError where !error.isTemporary && error.status != nil {
                // The user may have no right to read that repository, and all the same one to push to this one.
                client.logger.debug("the blob is not mounted", metadata: ["reason": "\(error)"])
            }
        }
        return (question, try await client.send(question, expecting: [202]))
    }

    /// Sends what is missing: all at once, or in pieces. `saving` hears how far it is after each.
    private func send(
        _ session: inout Session,
        piece: Int?,
        saving: (Session) -> Void
    ) async throws -> Outcome {
        if piece != nil || session.offset > 0 {
            while session.offset < bytes.count {
                let end = min(bytes.count, session.offset + (piece ?? bytes.count))
                guard try await sendPiece(session.offset..<end, &session) else { return .tooLarge }
                saving(session)
            }
        }
        var last = try request(.PUT, "")
        last.url = session.url.adding(query: [("digest", digest.description)])
        last.limit = TargetPolicy.limit(of: last.url, namedBy: last.registry)
        last.headers.add(name: "Content-Type", value: "application/octet-stream")
        last.body = Array(bytes[session.offset...])
        let stored = try await client.send(last, expecting: [201, 413])
        await stored.discardBody()
        if stored.status == 413 { return .tooLarge }
        try client.checkDigest(of: bytes, against: stored, last.purpose)
        return .stored
    }

    private func sendPiece(_ range: Range<Int>, _ session: inout Session) async throws -> Bool {
        var patch = try request(.PATCH, "")
        patch.url = session.url
        patch.limit = TargetPolicy.limit(of: patch.url, namedBy: patch.registry)
        patch.headers.add(name: "Content-Type", value: "application/octet-stream")
        patch.headers.add(name: "Content-Range", value: "\(range.lowerBound)-\(range.upperBound - 1)")
        patch.body = Array(bytes[range])
        let taken = try await client.send(patch, expecting: [202, 413])
        await taken.discardBody()
        if taken.status == 413 { return false }
        session = Session(url: try Self.url(of: taken, patch), offset: range.upperBound)
        if let said = Self.offset(taken) { session.offset = min(said, bytes.count) }
        guard session.offset > range.lowerBound else {
            throw RegistryError(.unexpectedAnswer, patch.purpose, detail: "the registry took nothing of a piece")
        }
        return true
    }

    /// The session as the registry has it; nil where it has it no more: then another one begins.
    private func resumed(_ session: Session, _ budget: RetryBudget) async -> Session? {
        do {
            var question = try request(.GET, "")
            question.url = session.url
            question.limit = TargetPolicy.limit(of: question.url, namedBy: question.registry)
            question.retries = budget
            let answer = try await client.send(question, expecting: [202, 204])
            await answer.discardBody()
            guard let offset = Self.offset(answer), offset <= bytes.count else { return nil }
            let url = answer.headers["Location"].isEmpty ? session.url : try Self.url(of: answer, question)
            return Session(url: url, offset: offset)
        } catch {
            // Whatever is wrong with it (cancellation too, which the next request tells): a new one needs nothing of it.
            client.logger.debug("the upload begins anew", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// How many bytes a session has: `Range: 0-LAST`. Nil where it does not say.
    private static func offset(_ answer: RegistryResponse) -> Int? {
        guard let text = answer.headers.first(name: "Range") else { return nil }
        let parts = text.replacing("bytes=", with: "").split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "0", let last = Int(parts[1]), last >= 0 else { return nil }
        // Registries say 0-0 for a session that has nothing: a single byte is sent again, which they then refuse by 416.
        return last == 0 ? 0 : last + 1
    }

    private func smaller(_ piece: Int?) throws -> Int {
        let next = piece.map { $0 / 2 } ?? min(Self.firstPiece, max(bytes.count / 2, Self.smallestPiece))
        guard next >= Self.smallestPiece, next < bytes.count else {
            throw RegistryError(
                .tooLarge,
                RegistryClient.purpose(.pushBlob, digest, reference),
                status: 413,
                detail: "the registry does not even take \(piece ?? bytes.count) bytes at once",
                nextStep: "its proxy has to take larger requests (nginx: client_max_body_size)"
            )
        }
        return next
    }

    /// Where an upload session takes the next bytes.
    private static func url(of session: RegistryResponse, _ request: RegistryRequest) throws -> RequestURL {
        func refused(_ detail: String, nextStep: String? = nil) -> RegistryError {
            RegistryError(.redirectRefused, request.purpose, detail: detail, nextStep: nextStep)
        }
        do {
            return try session.url.following(session.headers, namedBy: request.registry)
        } catch .missing {
            throw refused("the upload session has no Location")
        } catch .unreadable(let reason) {
            throw refused("the address of the upload session \(reason)")
        } catch .refused(let target, let reason) {
            throw refused(
                "the address of the upload session, \(target), \(reason)",
                nextStep: target.scheme == .http && request.registry.scheme == .https
                    ? "its proxy has to tell the registry that it is reached by https (X-Forwarded-Proto)" : nil
            )
        }
    }
}
