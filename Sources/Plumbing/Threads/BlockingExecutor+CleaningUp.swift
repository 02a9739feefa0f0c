extension BlockingExecutor {
    /// Runs `body`, and whatever comes of it, cancelled or not, `cleanUp` on one of the threads afterwards.
    ///
    /// Throws what `body` throws, and else what `cleanUp` throws, or ``ThreadError``.
    package func run<Value>(_ body: () async throws -> Value, finally cleanUp: @escaping @Sendable () throws -> Void)
        async throws -> Value
    {
        let value: Value
        do {
            value = try await body()
        } catch {
            // The first error says more.
            try? await run(cleanUp)
            throw error
        }
        try await run(cleanUp)
        return value
    }
}
