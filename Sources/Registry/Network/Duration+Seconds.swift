extension Duration {
    /// For messages: `0.5 s`.
    package var inSeconds: String { "\((self / .milliseconds(100)).rounded() / 10) s" }
}
