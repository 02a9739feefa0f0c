import Foundation
import OCI
import Registry
import State
import Synchronization

/// Records one conversion step by step, beginning when there is something to do or something failed.
final class ConversionLedger: Sendable {
    private let state: StateDatabase
    private let desiderata: Int64
    private let now: @Sendable () -> Date
    private let conversion = Mutex<Int64?>(nil)

    init(state: StateDatabase, desiderata: Int64, now: @escaping @Sendable () -> Date) {
        self.state = state
        self.desiderata = desiderata
        self.now = now
    }

    /// Takes the images that the source stands for, one for each platform.
    func begin(_ images: [ResolvedImage]) async throws {
        guard let image = images.first else { return }
        let input = ConversionInput(
            referenceDigest: image.referenceDigest.description,
            manifestDigest: image.manifestDigest.description,
            platform: PlatformList.text(images.map(\.platform)),
            configDigest: image.manifest.config.digest.description
        )
        try await state.history.recordInput(input, conversion: try await begun())
    }

    func recordPublished(_ image: PublishedImage, by plan: Plan) async throws {
        let conversion = try await begun()
        try await state.history.recordTraffic(image.traffic, conversion: conversion)
        let publication = Publication(
            revision: Int64(clamping: image.revision),
            at: now(),
            transactions: image.transactions.map { Int64($0) },
            losses: image.losses
        )
        try await state.history.recordPublished(
            publication,
            layers: plan.layers.map { ConvertedLayer($0.descriptor) },
            conversion: conversion
        )
    }

    func recordPushed(_ digest: Digest) async throws {
        try await state.history.recordPushed(thinDigest: digest.description, conversion: try await begun(), at: now())
    }

    /// Ends well; what was up to date leaves no trace but that it does not fail any more.
    func succeed(with desiderata: Desiderata) async throws {
        guard let conversion = conversion.withLock({ $0 }) else {
            return try await state.history.recordUpToDate(of: desiderata, at: now(), underClaim: true)
        }
        try await state.history.finishConversion(conversion, at: now())
        try await state.history.clearWaiting(of: desiderata)
    }

    /// Ends with an error, which the next attempt waits for. Somebody's wish to stop is none.
    func fail(_ error: any Error) async throws {
        if error is CancellationError || Task.isCancelled {
            // The row stays open: the next conversion marks it as interrupted.
            return
        }
        let text = String(describing: error)
        try await state.history.finishConversion(try await begun(), error: text, at: now())
        _ = try await state.history.recordFailure(of: desiderata, at: now())
    }

    private func begun() async throws -> Int64 {
        if let conversion = conversion.withLock({ $0 }) { return conversion }
        let new = try await state.history.startConversion(of: desiderata, at: now())
        conversion.withLock { $0 = new }
        return new
    }
}
