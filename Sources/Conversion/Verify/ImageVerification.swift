import CVMFS
package import Layers
package import OCI
import Plumbing
package import Registry
import State

/// Compares what a repository has of an image with the image's source: every layer there, complete, and equal to a fresh
/// download in entries and content; and all that is made of the layers, where it is there or wanted: the tree, its names,
/// podman's entry, the thin image.
package struct ImageVerification: Sendable {
    let registry: RegistryClient
    let repository: VerifiedRepository
    private let limits: LayerLimits
    private let report: @Sendable (ConversionEvent) -> Void
    private let now: @Sendable () -> ContinuousClock.Instant

    /// A verification of images in one repository; `now` is the clock of what is told of a layer's time.
    package init(
        registry: RegistryClient,
        repository: VerifiedRepository,
        limits: LayerLimits = LayerLimits(),
        report: @escaping @Sendable (ConversionEvent) -> Void,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.now = now
        self.registry = registry
        self.repository = repository
        self.limits = limits
        self.report = report
    }

    /// What a verification found.
    package struct Findings: Sendable {
        /// One line each; none where the image is as it should be.
        package fileprivate(set) var differences: [String] = []
        /// What is not stored of its layers, and was said when they were published. These are no differences.
        package fileprivate(set) var losses: [(layer: Digest, losses: [LayerLoss: Int])] = []
        /// What could not be compared for a reason that is told elsewhere, one line each.
        package fileprivate(set) var notCompared: [String] = []

        fileprivate mutating func add(_ lines: [String], of image: PlacedImage) {
            let label = image.place.platform.map { "\($0): " } ?? ""
            // Several may want the same.
            for line in lines.map({ label + $0 }) where !differences.contains(line) { differences.append(line) }
        }
    }

    /// What is known of an image that was looked at.
    private struct Known {
        var layers: LayersVerification.Result
        var isTreeCompared = false
    }

    /// Compares one platform's image of which nothing is known to be wanted: its layers, its manifest, and what is there.
    package func findings(
        of source: ImageSource,
        platform: Platform,
        credentials: RegistryCredentials?
    ) async throws -> Findings {
        try await findings(VerificationRequest(of: source, platform: platform, credentials: credentials))
    }

    /// Compares all that is wanted, and what is there. Throws where source or repository cannot be read at all.
    package func findings(_ request: VerificationRequest) async throws -> Findings {
        var findings = Findings()
        var known: [Digest: Known] = [:]
        let remarks = PlatformRemarks(report)
        let wishes: [VerificationRequest.Wanted?] = request.wanted.isEmpty ? [nil] : request.wanted
        for wanted in wishes {
            let source = try wanted.map { try ImageSource($0.wish.input) } ?? request.source
            let input = try await registry.open(source, credentials: request.credentials)
            let images = try await images(of: input, request, wanted?.wish, remarks)
            for image in images where request.isChosen(image, of: images) {
                try await verify(image, from: input, wanted?.wish, &known, &findings)
            }
            guard let wanted, wanted.wish.formats.contains(.thin), let name = wanted.wish.output else { continue }
            let thin = ThinVerification(
                registry: registry,
                name: name,
                credentials: wanted.credentials,
                fqrn: repository.fqrn
            )
            findings.differences += try await thin.differences(of: images.map(\.image))
        }
        return findings
    }

    private func verify(
        _ placed: PlacedImage,
        from input: any ImageTransport,
        _ wish: Wish?,
        _ known: inout [Digest: Known],
        _ findings: inout Findings
    ) async throws {
        let image = placed.image
        var state: Known
        if let before = known[image.manifestDigest] {
            state = before
        } else {
            let layers = LayersVerification(
                repository: repository.reader,
                isAdopted: repository.isAdopted,
                limits: limits,
                report: report,
                now: now
            )
            state = Known(layers: try await layers.run(image, from: input))
            findings.losses += state.layers.losses
            findings.add(state.layers.differences, of: placed)
        }
        let (verified, isCompared) = (state.layers, state.isTreeCompared)
        let found = try await onDedicatedThread("verify \(image.manifest.config.digest.hex.prefix(12))") {
            try RepositoryVerification(repository: repository, image: placed, wish: wish)
                .run(after: verified, comparingTree: !isCompared)
        }
        findings.add(found.differences, of: placed)
        findings.notCompared += found.notCompared
        state.isTreeCompared = isCompared || found.isTreeCompared
        known[image.manifestDigest] = state
    }
}
