/// How an ``InMemoryRegistry`` misbehaves. Each switch stands alone; none is on at first.
package struct InMemoryRegistryFaults: Sendable {
    /// Answers 401 to everything, and does not say how to log in.
    package var refusesWithoutChallenge = false
    /// The value of every `WWW-Authenticate` instead of the right one.
    package var challenge: String?
    /// Values of `WWW-Authenticate` that are sent before the right one, each in a field of its own.
    package var moreChallenges: [String] = []
    /// The token service's address in challenges, instead of the right one.
    package var realm: String?
    /// How the token service gives refresh tokens where it is asked for them; it knows OAuth2 then.
    package var refreshTokens: RefreshTokens?
    /// Gives a new refresh token for each that is used, and forgets that one.
    package var rotatesRefreshTokens = false
    /// Repositories that no token allows anything of, whoever asks.
    package var ungrantedRepositories: Set<String> = []
    /// The seconds that new tokens have lived already, as `issued_at` says; nil says nothing.
    package var tokenAge: Int?
    /// Answers 401 to every token, the newest too.
    package var refusesTokens = false
    /// The token service's answer instead of a token.
    package var tokenAnswer: String?

    /// So many requests, from now on, are answered with ``passingStatus``; tokens are given all the same.
    package var passingFailures = 0
    /// The status of ``passingFailures``.
    package var passingStatus = 503
    /// The `Retry-After` of ``passingFailures``.
    package var retryAfter: String?
    /// Closes the connection of so many requests, from now on, without any answer.
    package var droppedRequests = 0
    /// Every answer comes so many milliseconds late.
    package var delay = 0
    /// No answer comes before so many requests waited for theirs at the same time; at most a minute.
    package var crowd = 0
    /// Pulls that are still allowed: each GET of a manifest takes one, and every answer tells, as Docker Hub's do.
    package var pullsLeft: Int?

    /// The status of every HEAD of a manifest.
    package var headStatus: Int?
    /// Leaves out `Docker-Content-Digest`.
    package var hidesContentDigest = false
    /// Closes the connection after that many bytes of a manifest, so many times.
    package var cutManifests: (after: Int, times: Int)?
    /// The status of every GET and HEAD of a manifest, with an error in the specification's form.
    package var manifestStatus: Int?
    /// The status of every GET of a blob.
    package var blobStatus: Int?
    /// The body of error answers instead of the specification's form. `{sent}` stands for the secrets of the request.
    package var errorBody: String?
    /// Sends the body of ``blobStatus`` byte by byte, with so many milliseconds after each.
    package var errorTrickle = 0
    /// Damages one byte of every manifest that is fetched; headers stay.
    package var damagesManifests = false
    /// The value of `Docker-Content-Digest` everywhere.
    package var contentDigest: String?
    /// The `Content-Type` of manifests.
    package var manifestType: String?
    /// Blanks that are put after every manifest.
    package var manifestPadding = 0

    /// Sends manifests without `Content-Length` (chunked).
    package var hidesManifestLength = false

    /// The only blob that the faults of fetched blobs concern; nil for all.
    package var faultyBlob: String?
    /// Damages the last byte of every blob that is fetched.
    package var damagesBlobs = false
    /// Closes the connection after that many bytes of a blob.
    package var cutBlobsAfter: Int?
    /// Sends nothing more after that many bytes of a blob, and keeps the connection.
    package var stallBlobsAfter: Int?
    /// How many fetches are cut or stalled; nil for all.
    package var blobFaultsLeft: Int?
    /// Waits so many milliseconds after each piece of a blob.
    package var blobPause = 0
    /// Sends the whole blob to who asks for a part.
    package var ignoresRanges = false
    /// The `Content-Range` of every part.
    package var contentRange: String?
    /// Bytes that are put after every blob.
    package var blobPadding = 0
    /// Sends blobs without `Content-Length` (chunked).
    package var hidesBlobLength = false
    /// Redirects every GET of a blob to this address and its own path, with 307.
    package var redirectsBlobsTo: String?
    /// Redirects every GET of a blob to exactly this `Location`, with 302.
    package var blobLocation: String?

    /// The most bytes that a request of an upload may have: 413 above.
    package var uploadLimit: Int?
    /// What `OCI-Chunk-Min-Length` says of upload sessions; nil says nothing.
    package var smallestPiece: Int?
    /// Takes so many bytes of the next upload of a blob, and closes the connection then.
    package var cutUploadAfter: Int?
    /// Forgets all upload sessions when an upload is cut.
    package var forgetsSessions = false
    /// A blob is only in the repositories that it was pushed to or mounted in.
    package var separatesRepositories = false

    /// The most tags that a page has.
    package var tagPage: Int?
    /// How the page of a list fails that would come after so many tags.
    package var tagFault: (after: Int, failure: PageFailure)?
    /// What the `Link` to the next page begins with: `http://HOST` or nothing.
    package var tagLinkBase = ""

    /// The status of every upload of a blob.
    package var blobPushStatus: Int?
    /// The status of every push of a manifest.
    package var manifestPushStatus: Int?
    /// Status and code of the refusal of Docker's manifests, by a registry that takes only those of OCI.
    package var dockerRefusal: (status: Int, code: String)?
    /// The `Location` of upload sessions: `{path}` stands for the right path with its query.
    package var uploadLocation = "{path}"

    /// Behaves well.
    package init() {}

    /// Ways to give refresh tokens.
    package enum RefreshTokens: Sendable {
        /// For `offline_token=true`.
        case get
        /// For the grant `password` with `access_type=offline`.
        case post
        /// For both, but they do not work.
        case broken
    }

    /// How a page of a list fails.
    package enum PageFailure: Sendable, Hashable, CaseIterable {
        /// It is refused with the status 500.
        case refused
        /// The connection breaks in the middle of it.
        case cut
        /// It is no JSON.
        case garbled
    }
}
