/// What an ``InMemoryRegistry`` sends.
struct InMemoryRegistryAnswer: Sendable {
    /// Where the connection breaks off.
    enum Ending: Sendable {
        case complete
        case cut(after: Int)
        case stalled(after: Int)
    }

    var status: Int
    var headers: [(String, String)] = []
    /// The body is this piece, so many times.
    var piece: [UInt8] = []
    var repetitions = 1
    var hidesLength = false
    var ending = Ending.complete

    var length: Int { piece.count * repetitions }

    static func error(_ status: Int, _ code: String, body: String? = nil) -> InMemoryRegistryAnswer {
        let text = body ?? #"{"errors":[{"code":"\#(code)","message":"\#(code.lowercased()) here"}]}"#
        return InMemoryRegistryAnswer(
            status: status,
            headers: body == nil ? [("Content-Type", "application/json")] : [],
            piece: Array(text.utf8)
        )
    }
}
