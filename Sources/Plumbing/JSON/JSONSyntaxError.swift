/// Where and why bytes are not JSON as this program accepts it.
struct JSONSyntaxError: Error, CustomStringConvertible {
    let problem: String
    /// The number of bytes before the fault.
    let offset: Int

    var description: String { "not JSON: \(problem) at byte \(offset)" }
}
