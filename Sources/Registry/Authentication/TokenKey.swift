/// What a token is for and who has it.
struct TokenKey: Hashable, Sendable {
    let origin: String
    let scope: TokenScope
    let username: String?
}
