import CVMFS
package import Foundation
package import OCI
import Plumbing
package import State
import StockServer

/// Takes a repository over that DUCC or OSG's program filled (docs/adopting.md).
///
/// Nothing in the repository changes: what is there counts as published until its image does change. Written down are
/// desideratas for the images, and that the repository was adopted.
package struct Adoption: Sendable {
    private let state: StateDatabase
    private let opener: RepositoryOpener
    private let now: @Sendable () -> Date

    /// An adoption of repositories that this database knows.
    package init(_ state: StateDatabase, _ opener: RepositoryOpener, now: @escaping @Sendable () -> Date = { Date() }) {
        self.state = state
        self.opener = opener
        self.now = now
    }

    /// What there is in a repository. Changes nothing.
    package func survey(_ registration: RepositoryRegistration) async throws -> AdoptionSurvey {
        let reader = try await opener.reading(registration).reader
        return try await onDedicatedThread("survey \(registration.fqrn)") {
            try AdoptionSurvey(of: StorageReader(reader))
        }
    }

    /// What became of the images of a survey.
    package struct Wishes: Sendable {
        /// Images that became desideratas.
        package var added: [ImageReference] = []
        /// Images that were desideratas before.
        package var known: [ImageReference] = []
        /// Images that cannot be, and why.
        package var refused: [(image: ImageReference, reason: String)] = []

        /// None.
        package init() {}
    }

    /// Adds a desiderata for each image, of what it has now; with `isRehearsal` only finds out for which.
    package func addDesideratas(
        for survey: AdoptionSurvey,
        in fqrn: String,
        isRehearsal: Bool
    ) async throws -> Wishes {
        var wishes = Wishes()
        let wanted = Set(
            try await state.wishes.desideratas().filter { $0.cvmfsRepository == fqrn }
                .map { RepositoryLayout.imageName(try ImageSource($0.input.reference)) }
        )
        let hasStore = survey.podmanImages > 0
        for image in survey.images {
            if wanted.contains(RepositoryLayout.imageName(.registry(image.reference))) {
                wishes.known.append(image.reference)
                continue
            }
            if isRehearsal {
                wishes.added.append(image.reference)
                continue
            }
            do {
                _ = try await state.wishes.addDesiderata(
                    input: StoredReference(image.reference, user: nil),
                    output: nil,
                    cvmfsRepository: fqrn,
                    formats: Self.formats(of: image, hasStore: hasStore),
                    at: now()
                )
                wishes.added.append(image.reference)
            } catch let error as StateError {
                wishes.refused.append((image.reference, "\(error)"))
            }
        }
        return wishes
    }

    /// The images of a survey that nobody wants: no desiderata there is, and none of these that will be.
    package func unwanted(
        of survey: AdoptionSurvey,
        in fqrn: String,
        besides others: [StoredReference]
    ) async throws -> [ImageReference] {
        let there = try await state.wishes.desideratas().filter { $0.cvmfsRepository == fqrn }.map(\.input.reference)
        let wanted = Set(try (there + others).map { RepositoryLayout.imageName(try ImageSource($0)) })
        return survey.images.map(\.reference).filter { !wanted.contains(RepositoryLayout.imageName(.registry($0))) }
    }

    /// What its program makes of every image, or would have made.
    private static func formats(of image: AdoptionSurvey.Image, hasStore: Bool) -> OutputFormats {
        guard image.maker == .ducc else { return [.layers, .flat] }
        let isForPodman = image.isForPodman || hasStore && !image.faults.isEmpty
        let hasTree = image.hasName || !image.faults.isEmpty
        return OutputFormats(
            [OutputFormat.layers] + (hasTree ? [.flat] : []) + (isForPodman ? [.podman] : [])
        )
    }

    /// Writes down that it was adopted as it was when it was looked at.
    package func conclude(_ survey: AdoptionSurvey, of fqrn: String) async throws {
        let adoption = RepositoryAdoption(at: now(), revision: Int64(clamping: survey.revision))
        try await state.registrations.adopt(fqrn, adoption)
    }
}
