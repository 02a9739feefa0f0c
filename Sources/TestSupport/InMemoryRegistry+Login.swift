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
            if !store.faults.refusesTokens, let grant = grant(request, store), grant.actions.contains(action),
                repository.isEmpty || grant.repository == repository
            {
                return nil
            }
            let scope = "repository:\(repository):\(action == "push" ? "pull,push" : "pull")"
            challenge = #"Bearer realm="\#(url)/token",service="in memory",scope="\#(scope)""#
        }
        var answer = InMemoryRegistryAnswer.error(401, "UNAUTHORIZED", body: store.faults.errorBody)
        answer.headers.append(("WWW-Authenticate", store.faults.challenge ?? challenge))
        return answer
    }

    /// The token service.
    func token(_ request: InMemoryRegistryRequest, _ store: inout InMemoryRegistryStore) -> InMemoryRegistryAnswer {
        guard case .token(let users, let anonymousPull, let lifetime) = access else { return .error(404, "NOT_FOUND") }
        if let text = store.faults.tokenAnswer { return InMemoryRegistryAnswer(status: 200, piece: Array(text.utf8)) }
        let user = basicUser(request)
        if let user, users[user.name] != user.password {
            return .error(401, "UNAUTHORIZED", body: store.faults.errorBody)
        }
        let scope = request.queryValues("scope").first?.split(separator: ":").map(String.init) ?? []
        guard scope.count == 3, scope[0] == "repository", request.queryValues("service") == ["in memory"] else {
            return .error(400, "BAD_SCOPE")
        }
        // As real services do, an anonymous one gets a token that allows less than it was asked for.
        var actions = scope[2].split(separator: ",").map(String.init)
        if user == nil { actions = anonymousPull ? ["pull"] : [] }
        store.tokenCount += 1
        let token = "token-\(store.tokenCount)"
        store.tokens[token] = InMemoryRegistryStore.Grant(repository: scope[1], actions: actions)
        let expiry = lifetime.map { #","expires_in":\#($0)"# } ?? ""
        return InMemoryRegistryAnswer(status: 200, piece: Array(#"{"token":"\#(token)"\#(expiry)}"#.utf8))
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
        let end = parts.lastIndex { $0 == "manifests" || $0 == "blobs" } ?? 0
        let action = ["GET", "HEAD"].contains(request.method) ? "pull" : "push"
        return (parts[..<end].joined(separator: "/"), action)
    }

    private func basicUser(_ request: InMemoryRegistryRequest) -> (name: String, password: String)? {
        guard let value = request.header("Authorization"), value.hasPrefix("Basic "),
            let data = Data(base64Encoded: String(value.dropFirst("Basic ".count)))
        else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}
