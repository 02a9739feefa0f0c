import Logging
package import State

/// Brings many desideratas up to date: looks ahead at many of them at once, and converts what has changed one after another,
/// in their order.
package struct ConversionPass: Sendable {
    /// Desideratas that are looked at at the same time.
    package static let lookahead = 32

    private let converter: Converter

    /// A pass with a converter.
    package init(_ converter: Converter) {
        self.converter = converter
    }

    /// Converts these, and hands over what became of each, in their order.
    ///
    /// - Parameters:
    ///   - desideratas: what to look at.
    ///   - isDue: whether one is looked at at all; those that are not are left out.
    ///   - began: hears of each that has to be converted.
    ///   - finished: hears of each that was looked at.
    /// - Throws: `CancellationError`, and what `finished` throws.
    package func run(
        _ desideratas: [Desiderata],
        isDue: @escaping @Sendable (Desiderata) async throws -> Bool = { _ in true },
        began: (Desiderata) -> Void = { _ in },
        finished: (Desiderata, Result<ConversionResult, any Error>) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, UpToDateCheck?).self) { group in
            var started = 0
            var checks: [Int: UpToDateCheck?] = [:]
            for (number, desiderata) in desideratas.enumerated() {
                while started < min(number + Self.lookahead, desideratas.count) {
                    let (next, wanted) = (started, desideratas[started])
                    started += 1
                    group.addTask { (next, await check(wanted, isDue)) }
                }
                while checks[number] == nil, let (done, check) = try await group.next() {
                    checks.updateValue(check, forKey: done)
                }
                try Task.checkCancellation()
                guard let entry = checks.removeValue(forKey: number), let check = entry else { continue }
                let outcome = await outcome(desiderata, check, began)
                try Task.checkCancellation()
                try await finished(desiderata, outcome)
            }
        }
    }

    /// Nil for one that is not due.
    private func check(
        _ desiderata: Desiderata,
        _ isDue: @Sendable (Desiderata) async throws -> Bool
    ) async -> UpToDateCheck? {
        do {
            guard try await isDue(desiderata) else { return nil }
        } catch {
            return .failed(error)
        }
        return await converter.check(desiderata)
    }

    private func outcome(
        _ desiderata: Desiderata,
        _ check: UpToDateCheck,
        _ began: (Desiderata) -> Void
    ) async -> Result<ConversionResult, any Error> {
        if case .changed = check { began(desiderata) }
        do {
            return .success(try await converter.convert(desiderata, after: check))
        } catch {
            return .failure(error)
        }
    }
}
