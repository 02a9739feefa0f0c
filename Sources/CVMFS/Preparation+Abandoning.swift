extension Preparation {
    /// Gives up: what was stored is in vain, and the next preparation removes it.
    package func abandon() throws {
        try journal.endUnlessUsed()
    }
}
