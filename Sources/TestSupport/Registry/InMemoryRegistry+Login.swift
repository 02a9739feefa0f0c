import Foundation

/// Who is let in.
extension InMemoryRegistry {
    /// The refusal of a request, nil for one that may pass.
    func refusal(of request: InMemoryRegistryRequest, _ store: InMemoryRegistryStore) -> InMemoryRegistryAnswer? {
        if store.faults.refusesWithoutChallenge { return .error(401, "UNAUTHORIZED", body: store.faults.errorBody) }
        let challenge: String
        switch access {
        case .open: return nil
        case .basic(let users):
            if let user = basicUser(request), users[user.name] == user.password { return nil }
            challenge = #"Basic realm="in memory, \"quoted\"""#
        case .token:
            let (repository, action) = needed(by: request)
            if !store.faults.refusesTokens, let grant = grant(request, store),
                repository.isEmpty || grant[repository]?.contains(action) == true,
                mountSource(of: request).map({ grant[$0]?.contains("pull") == true }) ?? true
            {
                return nil
            }
            let scope = "repository:\(repository):\(action == "push" ? "pull,push" : "pull")"
            let realm = store.faults.realm ?? "\(url)/token"
            challenge =
                #"Bearer realm="\#(realm)",service="in memory""# + (repository.isEmpty ? "" : #",scope="\#(scope)""#)
        }
        var answer = InMemoryRegistryAnswer.error(401, "UNAUTHORIZED", body: store.faults.errorBody)
        for challenge in store.faults.moreChallenges + [store.faults.challenge ?? challenge] {
            answer.headers.append(("WWW-Authenticate", challenge))
        }
        return answer
    }

    /// The token service.
    func token(_ request: InMemoryRegistryRequest, _ store: inout InMemoryRegistryStore) -> InMemoryRegistryAnswer {
        guard case .token(let users, let anonymousPull, let lifetime) = access else { return .error(404, "NOT_FOUND") }
        if let text = store.faults.tokenAnswer { return InMemoryRegistryAnswer(status: 200, piece: Array(text.utf8)) }
        let isPost = request.method == "POST"
        if isPost, store.faults.refreshTokens == nil { return .error(404, "NOT_FOUND", body: store.faults.errorBody) }
        let values = isPost ? request.formValues : request.queryValues
        let kind = values("grant_type").first
        let user: String?
        switch kind {
        case nil where !isPost, "password":
            let given = isPost ? (values("username").first ?? "", values("password").first ?? "") : basicUser(request)
            if let given, users[given.0] != given.1 {
                return .error(401, "UNAUTHORIZED", body: store.faults.errorBody)
            }
            user = given?.0
        case "refresh_token":
            guard let name = store.refreshTokens[values("refresh_token").first ?? ""],
                store.faults.refreshTokens != .broken
            else {
                return .error(400, "", body: store.faults.errorBody ?? #"{"error":"invalid_grant"}"#)
            }
            user = name
        default: return .error(400, "", body: #"{"error":"unsupported_grant_type"}"#)
        }
        guard values("service") == ["in memory"], !isPost || values("client_id").count == 1 else {
            return .error(400, "BAD_SERVICE")
        }
        var grant: InMemoryRegistryStore.Grant = [:]
        // The query has an item for each, the form one for all with blanks between.
        let scopes = isPost ? values("scope").flatMap { $0.split(separator: " ").map(String.init) } : values("scope")
        for scope in scopes.map({ $0.split(separator: ":").map(String.init) }) {
            guard scope.count == 3, scope[0] == "repository" else { return .error(400, "BAD_SCOPE") }
            // As real services do, an anonymous one gets a token that allows less than it was asked for.
            var actions = scope[2].split(separator: ",").map(String.init)
            if user == nil { actions = anonymousPull ? ["pull"] : [] }
            if store.faults.ungrantedRepositories.contains(scope[1]) { actions = [] }
            grant[scope[1], default: []].formUnion(actions)
        }
        store.tokenCount += 1
        let token = "token-\(store.tokenCount)"
        store.tokens[token] = grant
        var members = [#""\#(isPost ? "access_token" : "token")":"\#(token)""#]
        if let lifetime { members.append(#""expires_in":\#(lifetime)"#) }
        if let age = store.faults.tokenAge {
            members.append(#""issued_at":"\#(Date(timeIntervalSinceNow: -TimeInterval(age)).formatted(.iso8601))""#)
        }
        let way = store.faults.refreshTokens
        let isOffline = isPost ? values("access_type") == ["offline"] : values("offline_token") == ["true"]
        let isRotated = kind == "refresh_token" && store.faults.rotatesRefreshTokens
        if isRotated { store.refreshTokens[values("refresh_token").first ?? ""] = nil }
        let isAsked = kind != "refresh_token" && isOffline && way != (isPost ? .get : .post)
        if let user, way != nil, isAsked || isRotated {
            let refreshToken = "refresh-\(store.tokenCount)"
            store.refreshTokens[refreshToken] = user
            members.append(#""refresh_token":"\#(refreshToken)""#)
        }
        return InMemoryRegistryAnswer(status: 200, piece: Array("{\(members.joined(separator: ","))}".utf8))
    }

    /// What a server that shows what it got would show: the login as it came and in clear, and a form.
    func secrets(in request: InMemoryRegistryRequest) -> String {
        let form = request.path == "/token" ? String(decoding: request.body, as: UTF8.self) : ""
        let user = basicUser(request).map { "\($0.name):\($0.password)" }
        return [request.header("Authorization"), user, form].compactMap(\.self).joined(separator: " ")
    }

    private func grant(
        _ request: InMemoryRegistryRequest,
        _ store: InMemoryRegistryStore
    ) -> InMemoryRegistryStore.Grant? {
        guard let value = request.header("Authorization"), value.hasPrefix("Bearer ") else { return nil }
        return store.tokens[String(value.dropFirst("Bearer ".count))]
    }

    private func needed(by request: InMemoryRegistryRequest) -> (repository: String, action: String) {
        let parts = request.path.dropFirst("/v2/".count).split(separator: "/")
        let end = parts.lastIndex { $0 == "manifests" || $0 == "blobs" || $0 == "tags" && parts.last == "list" } ?? 0
        let action = ["GET", "HEAD"].contains(request.method) ? "pull" : "push"
        return (parts[..<end].joined(separator: "/"), action)
    }

    /// The repository that a blob is to be mounted from.
    private func mountSource(of request: InMemoryRegistryRequest) -> String? {
        request.queryValues("mount").isEmpty ? nil : request.queryValues("from").first
    }

    private func basicUser(_ request: InMemoryRegistryRequest) -> (name: String, password: String)? {
        guard let value = request.header("Authorization"), value.hasPrefix("Basic "),
            let data = Data(base64Encoded: String(value.dropFirst("Basic ".count)))
        else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}
