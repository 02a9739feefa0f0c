import OCI
import Registry
import State

/// Pushing thin images.
extension Converter {
    /// Pushes the thin image of a plan: where there are several platforms, an index of one for each. In OCI form where the
    /// registry takes no other and the operator named none. Returns the digest of what the name stands for.
    func push(_ plan: Plan) async throws -> Digest {
        guard let first = plan.pushes.first else { throw ConversionError("there is no thin image to push") }
        let target = PushTarget(
            reference: try ImageReference(first.name),
            credentials: try await state.credentials(for: first.name)
        )
        for push in plan.pushes { try await pushBlobs(of: push.image, to: target) }
        let digest = try await pushManifests(plan.pushes, to: target)
        report(.pushed(target.reference, digest))
        return digest
    }

    /// Where a thin image goes, and as whom.
    private struct PushTarget {
        let reference: ImageReference
        let credentials: RegistryCredentials?
    }

    private func pushBlobs(of thin: ThinImage, to target: PushTarget) async throws {
        for (bytes, descriptor) in [
            (thin.layer, thin.layerDescriptor), (thin.configuration, thin.configurationDescriptor),
        ] {
            _ = try await registry.push(
                blob: bytes,
                digest: descriptor.digest,
                to: target.reference,
                credentials: target.credentials
            )
        }
    }

    /// Those of an index first, by their digests: nothing is visible by the name before all of it is there.
    private func push(_ pushes: [ThinImagePush], in form: ThinForm?, to target: PushTarget) async throws -> Digest {
        func push(_ bytes: [UInt8], _ type: MediaType, to reference: ImageReference) async throws -> Digest {
            try await registry.push(manifest: bytes, mediaType: type, to: reference, credentials: target.credentials)
        }
        let images = try pushes.map { push in try form.map(push.image.inForm) ?? push.image }
        if images.count == 1, let image = images.first {
            return try await push(image.manifest, image.form.manifest, to: target.reference)
        }
        for image in images {
            _ = try await push(image.manifest, image.form.manifest, to: target.reference.pinned(to: image.digest))
        }
        let index = ThinImageIndex(zip(images, pushes.map(\.platform)).map { ($0, $1) })
        return try await push(index.encoded(), index.mediaType, to: target.reference)
    }

    private func pushManifests(_ pushes: [ThinImagePush], to target: PushTarget) async throws -> Digest {
        if options.thinForm != nil { return try await push(pushes, in: nil, to: target) }
        if forms.form(for: target.reference) == .oci { return try await push(pushes, in: .oci, to: target) }
        do {
            return try await push(pushes, in: nil, to: target)
        } catch let refusal as RegistryError where RegistryForms.mayBeOfTheForm(refusal) {
            let digest: Digest
            do {
                digest = try await push(pushes, in: .oci, to: target)
            } catch let second as RegistryError where RegistryForms.mayBeOfTheForm(second) {
                // It was not the form: what was said of Docker's, which is the usual one, counts.
                throw refusal
            }
            forms.takesOnlyOCI(target.reference)
            report(.dockerFormRefused(target.reference))
            return digest
        }
    }
}
