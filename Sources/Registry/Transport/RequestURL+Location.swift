import NIOHTTP1

/// Why an answer leads nowhere. Who asked says it in the words of what it is about.
enum LocationFault: Error {
    /// There is no `Location`.
    case missing
    /// It is no URL; the sentence goes on from the URL's name.
    case unreadable(String)
    /// ``TargetPolicy`` forbids it, for that reason.
    case refused(RequestURL, reason: String)
}

extension RequestURL {
    /// Where an answer of this URL leads: its `Location`, if the answer of `source` may lead there.
    func following(_ headers: HTTPHeaders, namedBy source: RequestURL) throws(LocationFault) -> RequestURL {
        guard let location = headers.first(name: "Location") else { throw .missing }
        let target: RequestURL
        do throws(RequestURLFault) {
            target = try resolving(location)
        } catch {
            throw .unreadable(error.reason)
        }
        if let reason = TargetPolicy.refusal(of: target, namedBy: source) { throw .refused(target, reason: reason) }
        return target
    }
}
