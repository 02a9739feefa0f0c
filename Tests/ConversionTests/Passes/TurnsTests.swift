import Conversion
import Foundation
import OCI
import State
import TestSupport
import Testing

@Suite("Whose turn it is in a pass", .timeLimit(.minutes(10)))
struct TurnsTests {
    private static let endless = ConversionPass.TimeLimits(check: .seconds(3_600), conversion: .seconds(3_600))

    /// The order in which they end, one at a time.
    private func order(_ fixture: ConversionFixture, _ wanted: [Desiderata]) async throws -> [Int64] {
        var order: [Int64] = []
        try await ConversionPass(fixture.converter(), jobs: 1, limits: Self.endless).run(wanted) {
            _ = try $1.get()
            order.append($0.id)
        }
        return order
    }

    @Test("recipes take turns at one registry, however many images one of them has")
    func recipes() async throws {
        try await ConversionFixture.with { fixture in
            var wanted: [Desiderata] = []
            for number in 1...10 {
                try fixture.registry.addImage("app", tag: "\(number)", layers: [SampleLayers.base])
                wanted.append(try await fixture.desire("app:\(number)", as: "thin/app:\(number)"))
            }
            var change = RecipeChange()
            change.adopted = wanted.dropLast().map(\.id)
            let origin = RecipeOrigin(
                source: "/recipe.yaml",
                form: "version 2",
                repository: ConversionFixture.fqrn,
                keepsGoing: false,
                textDigest: "sha256:0"
            )
            let outcome = try await fixture.state.recipes.apply(change, of: origin, isRehearsal: false, at: .now)
            #expect(outcome.isApplied)
            let order = try await order(fixture, wanted)
            #expect(order.count == 10)
            // That of nobody's recipe was added last.
            #expect(try #require(order.firstIndex(of: wanted[9].id)) <= 2, "\(order)")
        }
    }

    @Test("images that were small the last time go before large ones")
    func sizes() async throws {
        try await ConversionFixture.with { fixture in
            let sizes: [Int64] = [4_000, 1_000, 3_000, 2_000]
            var wanted: [Desiderata] = []
            for (number, size) in sizes.enumerated() {
                try fixture.registry.addImage("app", tag: "\(number)", layers: [SampleLayers.base])
                let desiderata = try await fixture.desire("app:\(number)", as: "thin/app:\(number)")
                try await record(Traffic(bytesNew: size / 2, bytesKnown: size / 2), of: desiderata, fixture)
                wanted.append(desiderata)
            }
            // All are looked at before the first is converted: that one may be any of them.
            fixture.registry.faults.crowd = wanted.count
            let order = try await order(fixture, wanted)
            let rest = order.dropFirst().compactMap { id in wanted.firstIndex { $0.id == id }.map { sizes[$0] } }
            #expect(rest.count == 3 && rest == rest.sorted(), "\(rest)")
        }
    }

    /// Makes it look as if another image had been converted.
    private func record(_ traffic: Traffic, of desiderata: Desiderata, _ fixture: ConversionFixture) async throws {
        let history = fixture.state.history
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let conversion = try await history.startConversion(of: desiderata.id, at: .now)
        let input = ConversionInput(
            referenceDigest: digest,
            manifestDigest: digest,
            platform: Platform.linuxAMD64.description,
            configDigest: digest
        )
        try await history.recordInput(input, conversion: conversion)
        try await history.recordTraffic(traffic, conversion: conversion)
        try await history.recordPublished(revision: 1, conversion: conversion, at: .now)
        try await history.recordPushed(thinDigest: digest, conversion: conversion, at: .now)
        try await history.finishConversion(conversion, at: .now)
    }
}
