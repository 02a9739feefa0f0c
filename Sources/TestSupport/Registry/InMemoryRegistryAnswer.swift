/// What an ``InMemoryRegistry`` sends.
struct InMemoryRegistryAnswer: Sendable {
    /// Where the connection breaks off.
    enum Ending: Sendable {
        case complete
        case cut(after: Int)
        case stalled(after: Int)
        /// Before the answer.
        case dropped
    }

    var status: Int
    var headers: [(String, String)] = []
    /// The body is this piece, so many times.
    var piece: [UInt8] = []
    var repetitions = 1
    /// So much of the body is left out at its beginning.
    var skip = 0
    /// Milliseconds after each piece.
    var pause = 0
    var hidesLength = false
    var ending = Ending.complete

    var length: Int { piece.count * repetitions - skip }

    /// Has its first byte sent over and over, with a pause after each, for as long as the body was.
    mutating func trickle(_ milliseconds: Int) {
        guard milliseconds > 0, let first = piece.first else { return }
        (repetitions, piece, pause) = (piece.count, [first], milliseconds)
    }

    static func error(_ status: Int, _ code: String, body: String? = nil) -> InMemoryRegistryAnswer {
        let text = body ?? #"{"errors":[{"code":"\#(code)","message":"\#(code.lowercased()) here"}]}"#
        return InMemoryRegistryAnswer(
            status: status,
            headers: body == nil ? [("Content-Type", "application/json")] : [],
            piece: Array(text.utf8)
        )
    }
}
