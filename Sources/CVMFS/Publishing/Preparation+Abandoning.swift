extension Preparation {
    /// Gives up: what was stored is in vain, and the next preparation removes it. Waits for what is being stored. Blocks.
    package func abandon() throws {
        content.finish()
        try journal.endUnlessUsed()
        journal.release()
    }
}
