/// A connection that was made and not used, because of where it ends.
struct ForbiddenAddress: Error {
    /// As "leads to this machine (127.0.0.1)"; the sentence goes on from the host's name.
    let reason: String
}
