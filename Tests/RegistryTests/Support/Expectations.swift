import Registry
import TestSupport
import Testing

/// Expects a registry error of a kind whose text has these words. Returns it.
@discardableResult
func expect<Result>(
    _ code: RegistryError.Code,
    _ words: String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Result
) async -> RegistryError? {
    let error = await #expect(throws: RegistryError.self, sourceLocation: sourceLocation) { _ = try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    let text = error?.description ?? ""
    #expect(text.contains(words), sourceLocation: sourceLocation)
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, sourceLocation: sourceLocation)
    return error
}

/// A registry that misbehaves in one way, and the error that it has to give.
struct FaultCase: Sendable, CustomTestStringConvertible {
    let code: RegistryError.Code
    let words: String
    let fault: @Sendable (inout InMemoryRegistryFaults) -> Void

    init(
        _ code: RegistryError.Code,
        _ words: String,
        _ fault: @escaping @Sendable (inout InMemoryRegistryFaults) -> Void
    ) {
        self.code = code
        self.words = words
        self.fault = fault
    }

    var testDescription: String { "\(code): \(words)" }
}
