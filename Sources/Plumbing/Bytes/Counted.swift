/// Numbers of things as people say them.
package enum Counted {
    /// `1 layer`, `2 layers`; `many` where that is not the word with an s.
    package static func text(_ count: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }
}
